import {
  type Account,
  AccountChoice,
  Actions,
  Address,
  Button,
  ButtonLink,
  Checkbox,
  ChoiceLink,
  Form,
  List,
  Note,
} from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { Contact } from './problem.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export interface KnownAccount extends Account {
  /** Posted as `account`; opaque, so that nobody can ask for an account that this browser does not know. */
  readonly id: string
  readonly signedIn: boolean
}

export interface AccountPickerPageProps extends Frame, Posting {
  readonly accounts: readonly KnownAccount[]
  readonly otherUrl: string
  readonly applicationName: string | null
}

/** For `prompt=select_account` and for browsers with several sessions. */
export function AccountPickerPage(props: AccountPickerPageProps) {
  const { t, applicationName } = props
  return (
    <Screen
      frame={props}
      title={t('picker.title')}
      lead={
        applicationName
          ? t.rich('identifier.lead', { application: <strong>{applicationName}</strong> })
          : null
      }
    >
      <div class="choices">
        <Form action={props.action} csrf={props.csrf}>
          <div class="choices">
            {props.accounts.map((account) => (
              <AccountChoice
                key={account.id}
                account={account}
                note={t(account.signedIn ? 'picker.signedIn' : 'picker.signedOut')}
                name="account"
                value={account.id}
              />
            ))}
          </div>
        </Form>
        <ChoiceLink icon="plus" title={t('picker.other')} href={props.otherUrl} />
      </div>
    </Screen>
  )
}

export interface StaySignedInPageProps extends Frame, Posting {
  readonly account: Account
}

/** Posts `stay=yes` or `stay=no`, and `remember=on` for "don't ask me again". */
export function StaySignedInPage(props: StaySignedInPageProps) {
  const { t } = props
  return (
    <Screen frame={props} title={t('stay.title')} lead={t('stay.lead')}>
      <ChosenAccount t={t} account={props.account} changeUrl={null} />
      <Form action={props.action} csrf={props.csrf}>
        <Checkbox name="remember" label={t('stay.remember')} />
        <Actions>
          <Button name="stay" value="yes">
            {t('form.yes')}
          </Button>
          <Button look="secondary" name="stay" value="no">
            {t('form.no')}
          </Button>
        </Actions>
      </Form>
      <Note>{t('stay.shared')}</Note>
    </Screen>
  )
}

export interface AccountLockedPageProps extends Frame {
  /** As typed. The page is the same whether such an account exists or not. */
  readonly identifier: string
  readonly waitMinutes: number
  readonly retryUrl: string
  readonly changeUrl: string
  readonly useCodeUrl: string | null
}

/** Too many failed tries. */
export function AccountLockedPage(props: AccountLockedPageProps) {
  const { t, useCodeUrl } = props
  const contact = props.tenant?.helpContact
  return (
    <Screen
      frame={props}
      title={t('locked.title')}
      lead={t.rich('locked.lead', {
        identifier: (
          <strong>
            <Address text={props.identifier} />
          </strong>
        ),
      })}
    >
      <List
        look="bullets"
        items={[
          { key: 'wait', content: t('locked.wait', { minutes: props.waitMinutes }) },
          ...(useCodeUrl ? [{ key: 'code', content: <a href={useCodeUrl}>{t('locked.useCode')}</a> }] : []),
          {
            key: 'help',
            content: contact
              ? t.rich('locked.help', { contact: <Contact contact={contact} /> })
              : t('locked.helpUnknown'),
          },
        ]}
      />
      <Actions>
        <ButtonLink href={props.retryUrl}>{t('locked.retry')}</ButtonLink>
        <ButtonLink look="secondary" href={props.changeUrl}>
          {t('locked.other')}
        </ButtonLink>
      </Actions>
    </Screen>
  )
}
