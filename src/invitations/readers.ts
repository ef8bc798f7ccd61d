import { directoryRoleTemplates } from '../graph/index.ts'

/** Who sees whom others have invited. */
export const invitationReaders = {
  anyOf: [
    directoryRoleTemplates.guestInviter,
    directoryRoleTemplates.userAdministrator,
    directoryRoleTemplates.directoryWriters,
    directoryRoleTemplates.globalReader,
  ],
} as const
