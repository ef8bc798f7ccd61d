import type { Deployment } from '../platform/deployment.ts'
import { mailboxPath } from '../platform/mail/index.ts'
import { addressesOf } from './addresses.ts'
import { API_SCOPE, organisationOf, organisations } from './cast.ts'
import type { DemoDescription, DemoTenant } from './model.ts'
import { clockPath } from './paths.ts'
import { type DemoRecord, readDemo } from './record-store.ts'

/** The demo of this deployment, as it was made; null when it has none. Changes nothing. */
export async function describeDemo(deployment: Deployment): Promise<DemoDescription | null> {
  const { database, keyring, baseUrl } = deployment
  const record = await database.platform.transaction((tx) => readDemo(tx, keyring))
  return record === undefined || record.tenants.length < organisations.length
    ? null
    : description(baseUrl, record)
}

export const description = (
  baseUrl: string,
  { tenants, applicationOrigin }: DemoRecord,
): DemoDescription => ({
  baseUrl,
  graphUrl: `${baseUrl}/v1.0`,
  mailboxUrl: `${baseUrl}${mailboxPath}`,
  clockUrl: `${baseUrl}${clockPath}`,
  tenants: tenants.map((tenant) => describeTenant(baseUrl, applicationOrigin, tenant)),
})

function describeTenant(
  baseUrl: string,
  applicationOrigin: string,
  { key, id, users, application }: DemoRecord['tenants'][number],
): DemoTenant {
  const organisation = organisationOf(key)
  const { displayName, tenantType, domain, initialDomain } = organisation
  const { identifierUri } = organisation.application
  const { origin, redirectUris } = addressesOf(applicationOrigin, organisation)
  return {
    key,
    id,
    displayName,
    tenantType,
    domains: [domain, initialDomain],
    issuer: `${baseUrl}/${id}/v2.0`,
    users,
    applications: [
      {
        appId: application.appId,
        displayName: organisation.application.displayName,
        secret: application.secret,
        origin,
        redirectUris,
        identifierUri,
        scopes: [`${identifierUri}/${API_SCOPE}`],
        signInUrl: `${origin}/sign-in`,
      },
    ],
  }
}
