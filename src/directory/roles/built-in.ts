import { directoryRoleTemplates } from '../../graph/index.ts'

/** A built-in role; its id is its template id, the same in every tenant (GRA-62). */
export interface BuiltInRole {
  readonly id: string
  readonly displayName: string
  readonly description: string
  /** Holders can lift their own or others' rights, so acting on them needs more (GRA-64). */
  readonly isPrivileged: boolean
}

type RoleName = keyof typeof directoryRoleTemplates

// Display names are Microsoft's: scripts look roles up by them. ‡ of GRA-62 is the third value.
const texts: Readonly<Record<RoleName, readonly [name: string, privileged: boolean, may: string]>> = {
  globalAdministrator: ['Global Administrator', true, 'Everything in the tenant.'],
  globalReader: [
    'Global Reader',
    true,
    'Reads everything that a Global Administrator can, and changes nothing.',
  ],
  guestInviter: ['Guest Inviter', false, 'Invites guests even when members may not.'],
  userAdministrator: [
    'User Administrator',
    true,
    'Manages users and groups, invites guests, and resets passwords of people without an administrator role.',
  ],
  securityAdministrator: [
    'Security Administrator',
    true,
    'Manages cross-tenant access, multitenant organisations, conditional access and domain federation; reads logs.',
  ],
  securityReader: ['Security Reader', true, 'Reads security settings and logs.'],
  securityOperator: [
    'Security Operator',
    true,
    'Reads security settings and logs, and handles security events.',
  ],
  externalIdentityProviderAdministrator: [
    'External Identity Provider Administrator',
    true,
    'Manages identity providers and domain federation.',
  ],
  externalIdUserFlowAdministrator: [
    'External ID User Flow Administrator',
    false,
    'Manages user flows and their API connectors.',
  ],
  externalIdUserFlowAttributeAdministrator: [
    'External ID User Flow Attribute Administrator',
    false,
    'Manages the attributes that user flows may ask for.',
  ],
  authenticationExtensibilityAdministrator: [
    'Authentication Extensibility Administrator',
    true,
    'Manages custom authentication extensions.',
  ],
  privilegedRoleAdministrator: [
    'Privileged Role Administrator',
    true,
    'Manages role assignments, groups that hold roles, and consent to application permissions.',
  ],
  privilegedAuthenticationAdministrator: [
    'Privileged Authentication Administrator',
    true,
    'Manages the authentication methods of everyone, administrators included.',
  ],
  authenticationAdministrator: [
    'Authentication Administrator',
    true,
    'Manages the authentication methods of people without an administrator role.',
  ],
  authenticationPolicyAdministrator: [
    'Authentication Policy Administrator',
    false,
    'Manages the authentication methods policy.',
  ],
  conditionalAccessAdministrator: [
    'Conditional Access Administrator',
    true,
    'Manages conditional access policies.',
  ],
  applicationAdministrator: [
    'Application Administrator',
    true,
    'Manages applications, who is assigned to them, and provisioning.',
  ],
  cloudApplicationAdministrator: [
    'Cloud Application Administrator',
    true,
    'Manages applications, who is assigned to them, and provisioning, on premises access aside.',
  ],
  hybridIdentityAdministrator: [
    'Hybrid Identity Administrator',
    true,
    'Manages provisioning, synchronisation and federation.',
  ],
  groupsAdministrator: ['Groups Administrator', false, 'Manages groups, those that hold roles aside.'],
  helpdeskAdministrator: [
    'Helpdesk Administrator',
    true,
    'Resets passwords and ends sessions of people without an administrator role.',
  ],
  directoryReaders: ['Directory Readers', false, 'Reads basic directory data.'],
  directoryWriters: ['Directory Writers', true, 'Reads and writes basic directory data.'],
  reportsReader: ['Reports Reader', false, 'Reads sign-in and audit logs.'],
  domainNameAdministrator: ['Domain Name Administrator', true, 'Manages domain names.'],
  organizationalBrandingAdministrator: [
    'Organizational Branding Administrator',
    false,
    'Manages the branding of sign-in pages.',
  ],
  attributeDefinitionAdministrator: [
    'Attribute Definition Administrator',
    false,
    'Defines custom security attributes.',
  ],
  attributeAssignmentAdministrator: [
    'Attribute Assignment Administrator',
    false,
    'Assigns custom security attributes.',
  ],
}

// `Object.entries` forgets that the keys are the role names.
const names = Object.keys(texts) as readonly RoleName[]

/** Every built-in role, in the order of GRA-62. */
export const builtInRoles: readonly BuiltInRole[] = names.map((name) => {
  const [displayName, isPrivileged, description] = texts[name]
  return { id: directoryRoleTemplates[name], displayName, description, isPrivileged }
})

const byId = new Map(builtInRoles.map((role) => [role.id, role]))

export const findBuiltInRole = (templateId: string): BuiltInRole | undefined =>
  byId.get(templateId.toLowerCase())
