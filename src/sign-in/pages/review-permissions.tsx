import {
  type Account,
  Actions,
  Address,
  Button,
  Card,
  Form,
  Icon,
  List,
  type TenantBranding,
  type Translator,
  webAddress,
} from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type SharedFact = 'name' | 'photo' | 'mail' | 'identifiers'

export interface ReviewPermissionsPageProps extends Frame, Posting {
  /** The resource tenant that invites. */
  readonly tenant: TenantBranding
  /** The account that will be the guest. */
  readonly account: Account
  readonly shared: readonly SharedFact[]
  readonly inviterName: string | null
  /** Sign in with another account instead; `null` where the ticket allows only this one. */
  readonly switchUrl: string | null
}

/** RED-12. Posts `decision=accept` or `decision=cancel`. */
export function ReviewPermissionsPage(props: ReviewPermissionsPageProps) {
  const { t, tenant, inviterName } = props
  const organization = <strong>{tenant.displayName}</strong>
  return (
    <Screen
      frame={props}
      title={t('review.title')}
      lead={
        inviterName
          ? t.rich('review.invitedBy', { inviter: inviterName, organization })
          : t.rich('review.lead', { organization })
      }
    >
      <ChosenAccount t={t} account={props.account} changeUrl={props.switchUrl} />
      <Card title={t('review.shared', { organization: tenant.displayName })}>
        <List
          look="checks"
          items={props.shared.map((fact) => ({ key: fact, content: t(`review.shared.${fact}`) }))}
        />
      </Card>
      <p>{t('review.trust', { organization: tenant.displayName })}</p>
      <Credentials t={t} tenant={tenant} />
      <Form action={props.action} csrf={props.csrf}>
        <Actions>
          <Button name="decision" value="accept">
            {t('form.accept')}
          </Button>
          <Button look="secondary" name="decision" value="cancel">
            {t('form.cancel')}
          </Button>
        </Actions>
      </Form>
    </Screen>
  )
}

/** What tells the real organisation from one that only has its name. */
function Credentials({ t, tenant }: { readonly t: Translator; readonly tenant: TenantBranding }) {
  const privacy = webAddress(tenant.privacyStatementUrl)
  return (
    <ul class="list facts-list">
      <li>
        <Icon name="organization" />
        <span>
          {t.rich('review.domain', {
            domain: (
              <strong>
                <Address text={tenant.domain} />
              </strong>
            ),
          })}
        </span>
      </li>
      <li>
        <Icon name="lock" />
        {privacy ? (
          <a href={privacy} rel="noreferrer">
            {t('review.privacy', { organization: tenant.displayName })}
          </a>
        ) : (
          <span>{t('review.noPrivacy', { organization: tenant.displayName })}</span>
        )}
      </li>
    </ul>
  )
}
