import { type Account, Button, Form, PasswordField } from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type NewPasswordProblem = 'empty' | 'mismatch' | 'unchanged' | 'weak'

export interface NewPasswordPageProps extends Frame, Posting {
  readonly account: Account
  readonly error: NewPasswordProblem | null
  readonly shortestLength: number
}

/** The person signed in with a password that an administrator gave. Posts `password` and `repeated`. */
export function NewPasswordPage(props: NewPasswordPageProps) {
  const { t, error } = props
  const text = error && t(`newPassword.error.${error}`)
  return (
    <Screen frame={props} title={t('newPassword.title')} lead={t('newPassword.lead')} failed={error !== null}>
      <ChosenAccount t={t} account={props.account} changeUrl={null} />
      <Form action={props.action} csrf={props.csrf}>
        {/* Password managers save the new password for the user name that they see in the same form. */}
        <input
          type="text"
          name="identifier"
          value={props.account.identifier}
          autocomplete="username"
          readonly
          hidden
        />
        <PasswordField
          name="password"
          label={t('newPassword.label')}
          hint={t('newPassword.hint', { length: props.shortestLength })}
          error={error === 'mismatch' ? null : text}
          autocomplete="new-password"
          focus={error !== 'mismatch'}
        />
        <PasswordField
          name="repeated"
          label={t('newPassword.repeat')}
          error={error === 'mismatch' ? text : null}
          autocomplete="new-password"
          focus={error === 'mismatch'}
        />
        <Button>{t('newPassword.submit')}</Button>
      </Form>
    </Screen>
  )
}
