import { Button, ChoiceLink, Form, type IconName, SideLinks, TextField } from '../../platform/pages/index.ts'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type SignInOption = 'organization' | 'device'

export interface SignInOptionsPageProps extends Frame {
  readonly options: readonly { readonly kind: SignInOption; readonly url: string }[]
  readonly backUrl: string
}

const ICONS: Readonly<Record<SignInOption, IconName>> = { organization: 'organization', device: 'device' }

/** RED-1: the way from the common endpoint to a certain tenant. */
export function SignInOptionsPage(props: SignInOptionsPageProps) {
  const { t } = props
  return (
    <Screen frame={props} title={t('options.title')}>
      <nav class="choices" aria-label={t('options.title')}>
        {props.options.map(({ kind, url }) => (
          <ChoiceLink
            key={kind}
            icon={ICONS[kind]}
            title={t(`options.${kind}.title`)}
            text={t(`options.${kind}.text`)}
            href={url}
          />
        ))}
      </nav>
      <SideLinks links={[{ href: props.backUrl, text: t('form.back') }]} />
    </Screen>
  )
}

export type OrganizationError = 'empty' | 'malformed' | 'unknown'

export interface FindOrganizationPageProps extends Frame, Posting {
  /** Posted as `domain`. */
  readonly domain: string
  readonly error: OrganizationError | null
  readonly backUrl: string
}

/** RED-1: "Sign in to an organisation", by its domain. */
export function FindOrganizationPage(props: FindOrganizationPageProps) {
  const { t, error } = props
  return (
    <Screen
      frame={props}
      title={t('organization.title')}
      lead={t('organization.lead')}
      failed={error !== null}
    >
      <Form action={props.action} csrf={props.csrf}>
        <TextField
          name="domain"
          label={t('organization.label')}
          hint={t('organization.hint')}
          value={props.domain}
          error={error && t(`organization.error.${error}`)}
          autocomplete="off"
          inputMode="url"
          maxLength={253}
          focus
        />
        <Button>{t('form.next')}</Button>
      </Form>
      <SideLinks links={[{ href: props.backUrl, text: t('form.back') }]} />
    </Screen>
  )
}
