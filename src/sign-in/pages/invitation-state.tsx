import { type Account, ButtonLink, Card, List, type TenantBranding } from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { Contact } from './problem.tsx'
import { type Frame, Screen } from './screen.tsx'

export interface InvitationUsedPageProps extends Frame {
  readonly tenant: TenantBranding
  readonly account: Account | null
  readonly continueUrl: string
  /** What is behind `continueUrl`: the application's name or, unknown, its host. */
  readonly destinationName: string
}

/** A second click on a used link is no error: it leads on. */
export function InvitationUsedPage(props: InvitationUsedPageProps) {
  const { t, tenant } = props
  return (
    <Screen
      frame={props}
      title={t('used.title')}
      lead={t.rich('used.lead', { organization: <strong>{tenant.displayName}</strong> })}
    >
      {props.account ? <ChosenAccount t={t} account={props.account} changeUrl={null} /> : null}
      <ButtonLink href={props.continueUrl}>
        {t('used.continue', { destination: props.destinationName })}
      </ButtonLink>
    </Screen>
  )
}

export interface InvitationUnavailablePageProps extends Frame {
  /** INV-11. `unknown` covers tampered, foreign, deleted and mistyped tickets alike: none may be told apart. */
  readonly reason: 'expired' | 'unknown'
  /** The inviter's address; only for `expired`, where the ticket proved itself. */
  readonly inviterContact: string | null
}

export function InvitationUnavailablePage(props: InvitationUnavailablePageProps) {
  const { t, reason } = props
  const contact = props.inviterContact ?? props.tenant?.helpContact
  const ask = contact
    ? t.rich('unavailable.ask', { contact: <Contact contact={contact} /> })
    : t('unavailable.askUnknown')
  return (
    <Screen frame={props} title={t('unavailable.title')} lead={t(`unavailable.${reason}`)}>
      <Card title={t('unavailable.todo')}>
        <List
          look="bullets"
          items={[
            { key: 'newest', content: t('unavailable.newest') },
            ...(reason === 'unknown' ? [{ key: 'whole', content: t('unavailable.whole') }] : []),
            { key: 'ask', content: ask },
          ]}
        />
      </Card>
    </Screen>
  )
}
