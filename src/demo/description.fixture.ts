import { displayNameOf, organisations, roleNamesOf } from './cast.ts'
import type { DemoDescription } from './model.ts'

const BASE = 'https://login.xenia.test'
const guid = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`

/** What `ensureDemo` would answer, without a database. */
export const sampleDemo: DemoDescription = {
  baseUrl: BASE,
  graphUrl: `${BASE}/v1.0`,
  mailboxUrl: `${BASE}/dev/mailbox`,
  clockUrl: `${BASE}/dev/clock`,
  tenants: organisations.map((organisation, index) => ({
    key: organisation.key,
    id: guid(index + 1),
    displayName: organisation.displayName,
    tenantType: organisation.tenantType,
    domains: [organisation.domain, organisation.initialDomain],
    issuer: `${BASE}/${guid(index + 1)}/v2.0`,
    users: organisation.people.map((person, place) => ({
      id: guid(4 + place),
      userPrincipalName: `${person.alias}@${organisation.domain}`,
      displayName: displayNameOf(person),
      password: person.password,
      roles: roleNamesOf(person),
    })),
    applications: [
      {
        appId: guid(7),
        displayName: organisation.application.displayName,
        secret: 'not-a-secret',
        origin: `http://localhost:${8081 + index}`,
        redirectUris: [`http://localhost:${8081 + index}/callback`],
        identifierUri: organisation.application.identifierUri,
        scopes: [`${organisation.application.identifierUri}/Orders.Read`],
        signInUrl: `http://localhost:${8081 + index}/sign-in`,
      },
    ],
  })),
}
