import { type Account, Alert, Button, CodeField, Form, Note, SideLinks } from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export interface SendCodePageProps extends Frame, Posting {
  readonly account: Account
  readonly changeUrl: string
  readonly codeLength: number
  /** OTP-3: five sends per address and quarter of an hour. */
  readonly tooManySends: boolean
}

/** Asks before mailing anything, so that a mistyped address sends nothing to a stranger. */
export function SendCodePage(props: SendCodePageProps) {
  const { t } = props
  return (
    <Screen
      frame={props}
      title={t('passcode.ask.title')}
      lead={t('passcode.ask.lead', { length: props.codeLength })}
      failed={props.tooManySends}
    >
      {props.tooManySends ? <Alert tone="warning">{t('passcode.tooManySends')}</Alert> : null}
      <ChosenAccount t={t} account={props.account} changeUrl={props.changeUrl} />
      <Form action={props.action} csrf={props.csrf} hidden={{ identifier: props.account.identifier }}>
        <Button>{t('passcode.ask.submit')}</Button>
      </Form>
    </Screen>
  )
}

export type PasscodeError = 'empty' | 'wrong' | 'expired' | 'tooManyTries'

export interface EnterCodePageProps extends Frame, Posting {
  readonly account: Account
  readonly changeUrl: string
  readonly error: PasscodeError | null
  readonly codeLength: number
  readonly lifetimeMinutes: number
  /** What the last "send a new code" led to. */
  readonly resend: 'none' | 'sent' | 'tooMany'
  /** Receives the post of "send a new code". */
  readonly resendAction: string
}

/**
 * Posts `code`; `resendAction` receives a post without fields. OTP-3: the words never tell whether a mail was
 * really sent.
 */
export function EnterCodePage(props: EnterCodePageProps) {
  const { t, error, account } = props
  return (
    <Screen
      frame={props}
      title={t('passcode.enter.title')}
      lead={t.rich('passcode.enter.lead', { address: <strong>{account.identifier}</strong> })}
      failed={error !== null}
    >
      {props.resend === 'sent' ? <Alert tone="success">{t('passcode.resent')}</Alert> : null}
      {props.resend === 'tooMany' ? <Alert tone="warning">{t('passcode.tooManySends')}</Alert> : null}
      <Form action={props.action} csrf={props.csrf} hidden={{ identifier: account.identifier }}>
        <CodeField
          name="code"
          label={t('passcode.label')}
          hint={t('passcode.hint', { length: props.codeLength, minutes: props.lifetimeMinutes })}
          error={error && t(`passcode.error.${error}`)}
          kind="digits"
          length={props.codeLength}
          focus
        />
        <Button>{t('passcode.submit')}</Button>
      </Form>
      <Note>{t('passcode.missing')}</Note>
      <Form action={props.resendAction} csrf={props.csrf} hidden={{ identifier: account.identifier }}>
        <Button look="link">{t('passcode.resend')}</Button>
      </Form>
      <SideLinks links={[{ href: props.changeUrl, text: t('passcode.other') }]} />
    </Screen>
  )
}
