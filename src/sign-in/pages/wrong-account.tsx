import {
  type Account,
  AccountTile,
  Address,
  Choice,
  Form,
  Labelled,
  type TenantBranding,
} from '../../platform/pages/index.ts'
import { type Frame, type Posting, Screen } from './screen.tsx'

export interface WrongAccountPageProps extends Frame, Posting {
  readonly tenant: TenantBranding
  readonly current: Account
  readonly invitedAddress: string
  /** RED-10: whether the current account may be kept by proving that the invited mailbox is also theirs. */
  readonly mayProve: boolean
}

/**
 * The mail was opened while signed in as somebody else. Says so before anything happens. Posts
 * `decision=switch|prove|cancel`.
 */
export function WrongAccountPage(props: WrongAccountPageProps) {
  const { t, tenant, current } = props
  const invited = props.invitedAddress
  const organization = tenant.displayName
  return (
    <Screen frame={props} title={t('wrong.title')} lead={t('wrong.lead')}>
      <Labelled title={t('wrong.current')}>
        <AccountTile account={current} />
      </Labelled>
      <Labelled title={t('wrong.invited', { organization })}>
        <AccountTile account={{ displayName: null, identifier: invited }} />
      </Labelled>
      <Form action={props.action} csrf={props.csrf}>
        <div class="choices">
          <Choice
            icon="person"
            title={t('wrong.switch.title')}
            text={t.rich('wrong.switch.text', { invited: <Address text={invited} />, organization })}
            name="decision"
            value="switch"
          />
          {props.mayProve ? (
            <Choice
              icon="mail"
              title={t('wrong.prove.title')}
              text={t.rich('wrong.prove.text', {
                invited: <Address text={invited} />,
                current: <Address text={current.identifier} />,
                organization,
              })}
              name="decision"
              value="prove"
            />
          ) : null}
          <Choice
            icon="cross"
            title={t('wrong.cancel.title')}
            text={t('wrong.cancel.text')}
            name="decision"
            value="cancel"
          />
        </div>
      </Form>
    </Screen>
  )
}
