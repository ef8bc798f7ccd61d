export * from './applications/index.ts'
export {
  announce,
  type Change,
  type ChangeDetail,
  type ChangeKind,
  type FeedEntry,
  latestPosition,
  type ObjectType,
  readChanges,
} from './changes.ts'
export { purgeExpired } from './deleted-items/purge.ts'
export {
  type DirectoryObject,
  type DirectoryObjectType,
  findObjects,
  type ObjectReference,
  resolveReferences,
} from './directory-objects.ts'
export { DuplicateValue } from './duplicates.ts'
export {
  findMemberships as isMemberOf,
  findTransitiveGroups,
  findTransitiveUsers,
} from './groups/member-store.ts'
export { addToGroup, addToGroupIn, removeFromGroup } from './groups/membership.ts'
export type { Group, GroupChanges, GroupRelation, MemberType, NewGroup } from './groups/model.ts'
export {
  addGroup,
  type Bindings,
  createGroup,
  deleteGroup,
  purgeGroup,
  restoreGroup,
  updateGroup,
} from './groups/service.ts'
export { findGroup } from './groups/store.ts'
export {
  type OrganizationChanges,
  type OrganizationFacts,
  readOrganization,
  updateOrganization,
} from './organization/service.ts'
export { peopleEntities, peopleRoutes } from './people-api.ts'
export { type BuiltInRole, builtInRoles, findBuiltInRole } from './roles/built-in.ts'
export { activateRole, addRoleMember, assignRole, removeRoleMember, rolesOf } from './roles/service.ts'
export { findAccountForSignIn, type SignInAccount } from './users/accounts.ts'
export { deleteUser, purgeUser, type RestoreOptions, restoreUser } from './users/deletion.ts'
export {
  acceptGuest,
  beginConversion,
  createGuest,
  endConversion,
  type NewGuest,
  resetGuest,
} from './users/guests.ts'
export { removeManager, setManager } from './users/manager.ts'
export {
  type AddressKind,
  type ExternalUserState,
  homeAccountOf,
  type NewPassword,
  type NewUser,
  type ObjectIdentity,
  ORGANISATIONAL_ISSUER,
  organisationalIdentity,
  PASSCODE_ISSUER,
  passcodeIdentity,
  type Sponsor,
  type StoredPassword,
  type User,
  type UserChanges,
  type UserType,
} from './users/model.ts'
export { isExternal } from './users/rules.ts'
export { addUser, createUser, revokeSessions, setPassword, updateUser } from './users/service.ts'
export { addSponsor, giveSponsors, listSponsors, removeSponsor } from './users/sponsors.ts'
export {
  type AddressMatch,
  findPassword,
  findUser as findById,
  findUserByIdentity as findByIdentity,
  findUserByPrincipalName as findByUserPrincipalName,
  findUsersByAddress as findByAddress,
} from './users/store.ts'
