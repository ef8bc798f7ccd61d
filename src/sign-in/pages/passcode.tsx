import {
  type Account,
  Address,
  Alert,
  Button,
  CodeField,
  Form,
  Note,
  SideLinks,
  type Translator,
} from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export interface SendCodePageProps extends Frame, Posting {
  readonly account: Account
  /** `null` where an invitation names the address. */
  readonly changeUrl: string | null
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

export interface CodeEntryProps extends Posting {
  readonly account: Account
  /** `null` where an invitation names the address. */
  readonly changeUrl: string | null
  readonly error: PasscodeError | null
  readonly codeLength: number
  readonly lifetimeMinutes: number
  /** What the last "send a new code" led to. */
  readonly resend: 'none' | 'sent' | 'tooMany'
  /** Receives the post of "send a new code". */
  readonly resendAction: string
}

export type EnterCodePageProps = Frame & CodeEntryProps

/**
 * Posts `identifier` and `code`; `resendAction` receives a post of `identifier` alone. OTP-3: the words never
 * tell whether a mail was really sent.
 */
export function EnterCodePage(props: EnterCodePageProps) {
  const { t } = props
  return (
    <Screen
      frame={props}
      title={t('passcode.enter.title')}
      lead={t.rich('passcode.enter.lead', {
        address: (
          <strong>
            <Address text={props.account.identifier} />
          </strong>
        ),
      })}
      failed={props.error !== null}
    >
      <CodeEntry t={t} entry={props} submit={t('passcode.submit')} other={t('passcode.other')} />
    </Screen>
  )
}

interface CodeEntryParts {
  readonly t: Translator
  readonly entry: CodeEntryProps
  readonly submit: string
  readonly other: string
}

/** The code field with its ways out, shared by sign-in and by the proof of a mailbox. */
export function CodeEntry({ t, entry, submit, other }: CodeEntryParts) {
  const { error, resend } = entry
  const hidden = { identifier: entry.account.identifier }
  return (
    <>
      {resend === 'sent' ? <Alert tone="success">{t('passcode.resent')}</Alert> : null}
      {resend === 'tooMany' ? <Alert tone="warning">{t('passcode.tooManySends')}</Alert> : null}
      <Form action={entry.action} csrf={entry.csrf} hidden={hidden}>
        <CodeField
          name="code"
          label={t('passcode.label')}
          hint={t('passcode.hint', { length: entry.codeLength, minutes: entry.lifetimeMinutes })}
          error={error && t(`passcode.error.${error}`)}
          kind="digits"
          length={entry.codeLength}
          focus
        />
        <Button>{submit}</Button>
      </Form>
      <div class="side">
        <Note>{t('passcode.missing')}</Note>
        <Form action={entry.resendAction} csrf={entry.csrf} hidden={hidden}>
          <Button look="link">{t('passcode.resend')}</Button>
        </Form>
        {entry.changeUrl ? <SideLinks links={[{ href: entry.changeUrl, text: other }]} /> : null}
      </div>
    </>
  )
}
