import { findBuiltInRole } from '../directory/index.ts'
import { directoryRoleTemplates } from '../graph/index.ts'
import type { TenantType } from '../tenants/index.ts'
import type { DemoTenantKey } from './model.ts'

/** A person of the demo. The password is no secret: it stands on the first page. */
export interface Person {
  readonly alias: string
  readonly givenName: string
  readonly surname: string
  readonly jobTitle: string
  readonly department: string
  readonly password: string
  readonly role: keyof typeof directoryRoleTemplates | null
}

interface Team {
  readonly displayName: string
  readonly description: string
  readonly mailNickname: string
  /** Aliases; the first one owns the group too. */
  readonly members: readonly string[]
}

export interface Organisation {
  readonly key: DemoTenantKey
  readonly displayName: string
  readonly tenantType: TenantType
  /** Reserved names (RFC 2606, RFC 6761): no mail and no request can ever reach somebody real. */
  readonly initialDomain: string
  readonly domain: string
  /** One has a privacy statement, the others show what guests then read. */
  readonly hasPrivacyStatement: boolean
  readonly people: readonly Person[]
  readonly teams: readonly Team[]
  readonly application: {
    readonly displayName: string
    readonly description: string
    readonly identifierUri: string
    /** Holds the application's role. */
    readonly approvers: string
  }
}

/** What every demo application offers to others, and the role that its approvers hold. */
export const API_SCOPE = 'Orders.Read'
export const API_ROLE = 'Orders.Approve'

/** Who is in the demo. Passwords pass PWD-1 and are easy to type; each is one person's. */
export const organisations: readonly Organisation[] = [
  {
    key: 'contoso',
    displayName: 'Contoso',
    tenantType: 'AAD',
    initialDomain: 'contoso.xenia.test',
    domain: 'contoso.example',
    hasPrivacyStatement: true,
    people: [
      {
        alias: 'adele',
        givenName: 'Adele',
        surname: 'Vance',
        jobTitle: 'Identity Administrator',
        department: 'IT',
        password: 'quiet-harbor-violin-27',
        role: 'globalAdministrator',
      },
      {
        alias: 'gita',
        givenName: 'Gita',
        surname: 'Inoue',
        jobTitle: 'Partner Manager',
        department: 'Purchasing',
        password: 'amber-lantern-ferry-64',
        role: 'guestInviter',
      },
      {
        alias: 'otto',
        givenName: 'Otto',
        surname: 'Lang',
        jobTitle: 'Buyer',
        department: 'Purchasing',
        password: 'cedar-bicycle-tulip-58',
        role: null,
      },
    ],
    teams: [
      {
        displayName: 'Contoso Staff',
        description: 'Everybody who works for Contoso.',
        mailNickname: 'staff',
        members: ['adele', 'gita', 'otto'],
      },
      {
        displayName: 'Purchasing',
        description: 'Approves what partners offer.',
        mailNickname: 'purchasing',
        members: ['gita', 'otto'],
      },
    ],
    application: {
      displayName: 'Contoso Partner Portal',
      description: 'Where Contoso works with its suppliers.',
      identifierUri: 'api://partners.contoso.example',
      approvers: 'purchasing',
    },
  },
  {
    key: 'fabrikam',
    displayName: 'Fabrikam',
    tenantType: 'AAD',
    initialDomain: 'fabrikam.xenia.test',
    domain: 'fabrikam.example',
    hasPrivacyStatement: false,
    people: [
      {
        alias: 'maria',
        givenName: 'Maria',
        surname: 'Santos',
        jobTitle: 'Account Manager',
        department: 'Sales',
        password: 'sunny-orchard-piano-93',
        role: null,
      },
      {
        alias: 'jonas',
        givenName: 'Jonas',
        surname: 'Weber',
        jobTitle: 'Sales Engineer',
        department: 'Sales',
        password: 'maple-compass-river-41',
        role: null,
      },
      {
        alias: 'priya',
        givenName: 'Priya',
        surname: 'Raman',
        jobTitle: 'Head of IT',
        department: 'IT',
        password: 'copper-teapot-cloud-36',
        role: 'globalAdministrator',
      },
    ],
    teams: [
      {
        displayName: 'Sales',
        description: 'Looks after customers such as Contoso.',
        mailNickname: 'sales',
        members: ['maria', 'jonas'],
      },
    ],
    application: {
      displayName: 'Fabrikam Travel Desk',
      description: 'Where Fabrikam books its journeys.',
      identifierUri: 'api://travel.fabrikam.example',
      approvers: 'sales',
    },
  },
  {
    key: 'woodgrove',
    displayName: 'Woodgrove',
    tenantType: 'CIAM',
    initialDomain: 'woodgrove.xenia.test',
    domain: 'woodgrove.example',
    hasPrivacyStatement: false,
    people: [
      {
        alias: 'elena',
        givenName: 'Elena',
        surname: 'Novak',
        jobTitle: 'Shop Manager',
        department: 'Operations',
        password: 'velvet-anchor-meadow-72',
        role: 'globalAdministrator',
      },
    ],
    teams: [
      {
        displayName: 'Customer Care',
        description: 'Answers the customers of the shop.',
        mailNickname: 'care',
        members: ['elena'],
      },
    ],
    application: {
      displayName: 'Woodgrove Groceries',
      description: 'The shop, with its customers’ accounts.',
      identifierUri: 'api://shop.woodgrove.example',
      approvers: 'care',
    },
  },
]

export const displayNameOf = ({ givenName, surname }: Person): string => `${givenName} ${surname}`

/** Display names of directory roles. */
export function roleNamesOf({ role }: Person): string[] {
  const builtIn = role === null ? undefined : findBuiltInRole(directoryRoleTemplates[role])
  return builtIn === undefined ? [] : [builtIn.displayName]
}

export function organisationOf(key: DemoTenantKey): Organisation {
  const organisation = organisations.find((candidate) => candidate.key === key)
  if (organisation === undefined) throw new TypeError('The cast has every key.')
  return organisation
}
