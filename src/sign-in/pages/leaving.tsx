import { ButtonLink, onwardAddress, submitScript } from '../../platform/pages/index.ts'
import { type Frame, Screen } from './screen.tsx'

export interface LeavingPageProps extends Frame {
  /** Already checked against the application's registration. */
  readonly url: string
  readonly destinationName: string
}

/**
 * Goes on by itself. It ends the chain of redirects that began with a form post, and with it the reach of
 * `form-action` (see `PageSecurity`).
 */
export function LeavingPage(props: LeavingPageProps) {
  const { t } = props
  const destination = props.destinationName
  const url = onwardAddress(props.url)
  return (
    <Screen
      frame={props}
      title={t('leaving.title', { destination })}
      lead={t('leaving.lead')}
      refreshTo={url}
    >
      <ButtonLink href={url}>{t('leaving.continue', { destination })}</ButtonLink>
    </Screen>
  )
}

export interface FormPostPageProps extends Frame {
  /** The application's redirect address. Its origin belongs into the page's `formAction`. */
  readonly action: string
  /** The answer's parameters: `code`, `state`, … */
  readonly fields: Readonly<Record<string, string>>
  readonly destinationName: string
}

/** OAuth 2.0 Form Post Response Mode §2. With a nonce it submits itself, without one by the button. */
export function FormPostPage(props: FormPostPageProps) {
  const { t } = props
  const destination = props.destinationName
  return (
    <Screen
      frame={props}
      title={t('leaving.title', { destination })}
      lead={t('leaving.lead')}
      script={submitScript}
    >
      <form class="form" method="post" action={onwardAddress(props.action)}>
        {Object.entries(props.fields).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <button class="button button-primary" type="submit">
          {t('leaving.continue', { destination })}
        </button>
      </form>
    </Screen>
  )
}
