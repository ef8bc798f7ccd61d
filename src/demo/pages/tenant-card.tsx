import { Address, Card, CopyableId, SideLinks, Table } from '../../platform/pages/index.ts'
import type { DemoTenant, DemoUser } from '../model.ts'

interface TenantCardProps {
  readonly tenant: DemoTenant
  readonly myOrganizationsUrl: string
}

/** Who can sign in to a tenant, with what, and where. */
export function TenantCard({ tenant, myOrganizationsUrl }: TenantCardProps) {
  const { displayName, tenantType, domains, applications } = tenant
  const kind = tenantType === 'CIAM' ? 'external tenant, for customers' : 'workforce tenant'
  return (
    <Card title={displayName}>
      <p class="item-text">
        <Address text={domains[0] ?? ''} /> · {kind}
      </p>
      <Table
        caption={`Who can sign in to ${displayName}`}
        columns={[
          { key: 'person', title: 'Person', cell: (user: DemoUser) => <PersonName user={user} /> },
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
          ...applications.map((application) => ({
            href: application.signInUrl,
            text: `Sign in to ${application.displayName}`,
          })),
          { href: myOrganizationsUrl, text: `My organizations, as somebody of ${displayName}` },
        ]}
      />
      <CopyableId label="Tenant ID" value={tenant.id} />
    </Card>
  )
}

function PersonName({ user }: { readonly user: DemoUser }) {
  return (
    <>
      {user.displayName}
      {user.roles.map((role) => (
        <p key={role} class="item-text">
          {role}
        </p>
      ))}
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
