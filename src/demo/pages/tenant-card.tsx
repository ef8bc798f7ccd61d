import { Card, SideLinks, Table } from '../../platform/pages/index.ts'
import type { DemoTenant, DemoUser } from '../model.ts'

interface TenantCardProps {
  readonly tenant: DemoTenant
  readonly myOrganizationsUrl: string | null
}

/** Who can sign in to a tenant, with what, and where. */
export function TenantCard({ tenant, myOrganizationsUrl }: TenantCardProps) {
  const { displayName, tenantType, domains, applications } = tenant
  const kind = tenantType === 'CIAM' ? 'an external tenant, for customers' : 'a workforce tenant'
  return (
    <Card title={displayName}>
      <Table
        caption={`${domains[0]}, ${kind}`}
        columns={[
          { key: 'person', title: 'Person', cell: (user: DemoUser) => <Person user={user} /> },
          {
            key: 'name',
            title: 'Sign-in name',
            cell: (user: DemoUser) => (
              <Value label={`Sign-in name of ${user.displayName}`} value={user.userPrincipalName} />
            ),
          },
          {
            key: 'password',
            title: 'Password',
            cell: (user: DemoUser) => (
              <Value label={`Password of ${user.displayName}`} value={user.password} />
            ),
          },
        ]}
        rows={tenant.users}
        rowKey={(user) => user.id}
      />
      <SideLinks
        links={[
          ...applications.map(({ signInUrl, displayName: text }) => ({ href: signInUrl, text })),
          ...(myOrganizationsUrl === null
            ? []
            : [{ href: myOrganizationsUrl, text: `My organizations, at ${displayName}` }]),
        ]}
      />
    </Card>
  )
}

function Person({ user }: { readonly user: DemoUser }) {
  return (
    <>
      {user.displayName}
      <p class="item-text">{user.roles.join(', ') || 'Member'}</p>
    </>
  )
}

/** Tabbing into it selects all of it, as in `CopyableId`; the table's heading is its visible label. */
function Value({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <input
      class="copyable-value"
      type="text"
      value={value}
      aria-label={label}
      readonly
      dir="ltr"
      spellcheck={false}
    />
  )
}
