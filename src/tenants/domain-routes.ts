import {
  collectionOf,
  created,
  directoryRoleTemplates,
  forCreate,
  forUpdate,
  item,
  itemOf,
  list,
  noContent,
  type Permissions,
  type Route,
  route,
} from '../graph/index.ts'
import type { Deployment } from '../platform/deployment.ts'
import { Invalid } from '../platform/errors.ts'
import { domain, domainDnsRecord, presentDnsRecord, presentDomain } from './domain-entity.ts'
import { addDomain, findDomain, removeDomain, type TxtResolver, verifyDomain } from './service.ts'
import { findDomains, setDefaultDomain } from './store.ts'

const read: Permissions = { delegated: ['Domain.Read.All'], application: ['Domain.Read.All'] }
const write: Permissions = { delegated: ['Domain.ReadWrite.All'], application: ['Domain.ReadWrite.All'] }
const administrators = { anyOf: [directoryRoleTemplates.domainNameAdministrator] }

/** /domains: claim, prove by DNS, make default, give up. Unpaged, since a tenant has few. */
export function domainRoutes(deployment: Deployment, resolveTxt: TxtResolver): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/domains',
      permissions: read,
      query: collectionOf(domain),
      handle: async ({ context }) => {
        const domains = await context.db.transaction((tx) => findDomains(tx, context.tenantId))
        return list(domain, { rows: domains.map(presentDomain) })
      },
    }),
    route({
      method: 'POST',
      path: '/domains',
      permissions: write,
      roles: administrators,
      body: forCreate(domain),
      handle: async ({ context, body }) =>
        created(domain, presentDomain(await addDomain(context, deployment, body.values.id))),
    }),
    route({
      method: 'GET',
      path: '/domains/{name}',
      permissions: read,
      query: itemOf(domain),
      handle: async ({ context, params }) =>
        item(domain, presentDomain(await findDomain(context, params.name))),
    }),
    route({
      method: 'PATCH',
      path: '/domains/{name}',
      permissions: write,
      roles: administrators,
      body: forUpdate(domain),
      handle: async ({ context, params, body }) => {
        const found = await findDomain(context, params.name)
        if (body.values.isDefault === false) throw new Invalid('Make another domain the default one instead.')
        if (body.values.isDefault === true) {
          const changed = await deployment.database.platform.transaction((tx) =>
            setDefaultDomain(tx, context.tenantId, found.name),
          )
          if (!changed) throw new Invalid('Only a verified domain can be the default one.')
        }
        return noContent()
      },
    }),
    route({
      method: 'DELETE',
      path: '/domains/{name}',
      permissions: write,
      roles: administrators,
      handle: async ({ context, params }) => {
        await removeDomain(context, deployment, params.name)
        return noContent()
      },
    }),
    route({
      method: 'GET',
      path: '/domains/{name}/verificationDnsRecords',
      permissions: read,
      query: collectionOf(domainDnsRecord),
      handle: async ({ context, params }) =>
        list(domainDnsRecord, { rows: [presentDnsRecord(await findDomain(context, params.name))] }),
    }),
    route({
      method: 'POST',
      path: '/domains/{name}/verify',
      permissions: write,
      roles: administrators,
      handle: async ({ context, params }) =>
        item(domain, presentDomain(await verifyDomain(context, deployment, resolveTxt, params.name))),
    }),
  ]
}
