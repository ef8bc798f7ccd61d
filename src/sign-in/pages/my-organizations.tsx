import {
  type Account,
  Address,
  Button,
  EmptyState,
  Form,
  Monogram,
  SideLinks,
  type Translator,
} from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export interface Membership {
  readonly tenantId: string
  readonly displayName: string
  readonly domain: string
  readonly relation: 'home' | 'guest'
  /** When the invitation was accepted. */
  readonly since: Date | null
  readonly openUrl: string | null
  /** `null` at home (LEV rules) and where leaving is not allowed. */
  readonly leaveUrl: string | null
}

export interface MyOrganizationsPageProps extends Frame, Posting {
  readonly account: Account
  /** Home first. */
  readonly memberships: readonly Membership[]
  readonly applications: readonly { readonly name: string; readonly url: string }[]
}

/** Where a signed-in person lands without an application. The form posts the wish to sign out. */
export function MyOrganizationsPage(props: MyOrganizationsPageProps) {
  const { t, memberships, applications } = props
  const guestAnywhere = memberships.some(({ relation }) => relation === 'guest')
  return (
    <Screen frame={props} title={t('organizations.title')} width="wide">
      <ChosenAccount t={t} account={props.account} changeUrl={null} />
      <ul class="rows">
        {memberships.map((membership) => (
          <Row key={membership.tenantId} t={t} membership={membership} />
        ))}
      </ul>
      {guestAnywhere ? null : (
        <EmptyState icon="organization" title={t('organizations.none')}>
          {t('organizations.noneText')}
        </EmptyState>
      )}
      {applications.length > 0 ? (
        <section>
          <h2>{t('organizations.applications')}</h2>
          <SideLinks links={applications.map(({ name, url }) => ({ href: url, text: name }))} />
        </section>
      ) : null}
      <Form action={props.action} csrf={props.csrf}>
        <Button look="link">{t('organizations.signOut')}</Button>
      </Form>
    </Screen>
  )
}

function Row({ t, membership }: { readonly t: Translator; readonly membership: Membership }) {
  const { displayName, domain, relation, since, openUrl, leaveUrl } = membership
  const guest = since ? t('organizations.guestSince', { since }) : t('organizations.guest')
  return (
    <li class="row">
      <Monogram name={displayName} square />
      <div class="row-text">
        <p class="item-title">{displayName}</p>
        <p class="item-text">
          <Address text={domain} />
        </p>
        <p class="item-text">{relation === 'home' ? t('organizations.home') : guest}</p>
      </div>
      <div class="row-end">
        {openUrl ? (
          <a href={openUrl}>
            {t('organizations.open')}
            <span class="visually-hidden"> {displayName}</span>
          </a>
        ) : null}
        {leaveUrl ? (
          <a href={leaveUrl}>
            {t('organizations.leave')}
            <span class="visually-hidden"> {displayName}</span>
          </a>
        ) : null}
      </div>
    </li>
  )
}
