import { Button, Form, SideLinks, TextField } from '../../platform/pages/index.ts'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type IdentifierError = 'empty' | 'malformed' | 'noWayToSignIn'

export interface IdentifierPageProps extends Frame, Posting {
  /** Posted as `identifier`. What was typed before, or the request's `login_hint`. */
  readonly identifier: string
  readonly error: IdentifierError | null
  /** The application being signed in to. */
  readonly applicationName: string | null
  readonly optionsUrl: string | null
  readonly helpUrl: string | null
  /** Leaves the sign-in and returns to the application with `access_denied`. */
  readonly cancelUrl: string | null
}

/** Identifier first: who are you? Every later page leads back here with the value kept. */
export function IdentifierPage(props: IdentifierPageProps) {
  const { t, error, applicationName } = props
  const links = [
    ...(props.optionsUrl ? [{ href: props.optionsUrl, text: t('identifier.options') }] : []),
    ...(props.helpUrl ? [{ href: props.helpUrl, text: t('identifier.help') }] : []),
    ...(props.cancelUrl ? [{ href: props.cancelUrl, text: t('form.cancel') }] : []),
  ]
  return (
    <Screen
      frame={props}
      title={t('identifier.title')}
      lead={
        applicationName
          ? t.rich('identifier.lead', { application: <strong>{applicationName}</strong> })
          : null
      }
      failed={error !== null}
    >
      <Form action={props.action} csrf={props.csrf}>
        <TextField
          name="identifier"
          label={t('identifier.label')}
          hint={t('identifier.hint')}
          value={props.identifier}
          error={error && t(`identifier.error.${error}`)}
          autocomplete="username"
          inputMode="email"
          focus
        />
        <Button>{t('form.next')}</Button>
      </Form>
      <SideLinks links={links} />
    </Screen>
  )
}
