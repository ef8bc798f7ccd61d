import { type Account, Button, Form, PasswordField, SideLinks } from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type PasswordError = 'empty' | 'wrong'

export interface PasswordPageProps extends Frame, Posting {
  readonly account: Account
  /** Back to the identifier page, which keeps the value editable. */
  readonly changeUrl: string
  readonly error: PasswordError | null
  readonly forgotUrl: string | null
  /** Offers a mailed code as another way in. */
  readonly useCodeUrl: string | null
}

/** Posts `identifier` and `password`. */
export function PasswordPage(props: PasswordPageProps) {
  const { t, error } = props
  const links = [
    ...(props.forgotUrl ? [{ href: props.forgotUrl, text: t('password.forgot') }] : []),
    ...(props.useCodeUrl ? [{ href: props.useCodeUrl, text: t('password.useCode') }] : []),
  ]
  return (
    <Screen frame={props} title={t('password.title')} failed={error !== null}>
      <ChosenAccount t={t} account={props.account} changeUrl={props.changeUrl} />
      <Form action={props.action} csrf={props.csrf}>
        {/* Password managers fill a password only where they see the user name in the same form. */}
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
          label={t('password.label')}
          error={error && t(`password.error.${error}`)}
          autocomplete="current-password"
          focus
        />
        <Button>{t('password.submit')}</Button>
      </Form>
      <SideLinks links={links} />
    </Screen>
  )
}
