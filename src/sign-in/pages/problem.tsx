import {
  ButtonLink,
  CopyableText,
  contactLink,
  Note,
  SideLinks,
  type Trace,
  type Translator,
  wireTime,
} from '../../platform/pages/index.ts'
import { type Frame, Screen } from './screen.tsx'

export interface ErrorPageProps extends Frame {
  /** What went wrong and what to do next, in the person's language. */
  readonly message: string
  /** Replaces the usual heading. */
  readonly title: string | null
  /** Stable and searchable, e.g. `AADSTS50020`. */
  readonly code: string
  readonly trace: Trace
  /** Whom to ask about exactly this, when that is not the tenant's help contact. */
  readonly helpContact: string | null
  readonly retryUrl: string | null
  /** Begin again as somebody else. */
  readonly switchUrl: string | null
  /** Back to the application with `access_denied`. */
  readonly returnUrl: string | null
}

/** The one page for whatever has no page of its own: a sentence, who can help, and what to tell them. */
export function ErrorPage(props: ErrorPageProps) {
  const { t, trace } = props
  const contact = props.helpContact ?? props.tenant?.helpContact ?? null
  return (
    <Screen
      frame={{ t, tenant: props.tenant, trace: null }}
      title={props.title ?? t('error.title')}
      lead={props.message}
    >
      <p>
        {contact ? t.rich('error.help', { contact: <Contact contact={contact} /> }) : t('error.helpUnknown')}
      </p>
      <SupportDetails t={t} code={props.code} trace={trace} />
      <Note>{t('error.copyHint')}</Note>
      {props.retryUrl ? <ButtonLink href={props.retryUrl}>{t('error.retry')}</ButtonLink> : null}
      <SideLinks
        links={[
          ...(props.switchUrl ? [{ href: props.switchUrl, text: t('blocked.switch') }] : []),
          ...(props.returnUrl ? [{ href: props.returnUrl, text: t('blocked.return') }] : []),
        ]}
      />
    </Screen>
  )
}

interface SupportDetailsProps {
  readonly t: Translator
  readonly code: string
  readonly trace: Trace
}

/** Everything that support asks for, to copy at once. Replaces the footer's details, which lack the code. */
export function SupportDetails({ t, code, trace }: SupportDetailsProps) {
  return (
    <CopyableText
      label={t('error.copy')}
      lines={[
        `${t('trace.code')}: ${code}`,
        `${t('trace.correlationId')}: ${trace.correlationId}`,
        ...(trace.requestId ? [`${t('trace.requestId')}: ${trace.requestId}`] : []),
        `${t('trace.time')}: ${wireTime(trace.time)}`,
      ]}
    />
  )
}

export function Contact({ contact }: { readonly contact: string }) {
  const href = contactLink(contact)
  return href ? <a href={href}>{contact}</a> : <strong>{contact}</strong>
}

export interface SessionExpiredPageProps extends Frame {
  /** Starts the same sign-in again; `null` where the request itself is lost. */
  readonly restartUrl: string | null
}

/** The interaction behind a page is gone: too old, finished in another tab, or its cookie is missing. */
export function SessionExpiredPage(props: SessionExpiredPageProps) {
  const { t, restartUrl } = props
  return (
    <Screen frame={props} title={t('expired.title')} lead={t('expired.lead')}>
      {restartUrl ? (
        <ButtonLink href={restartUrl}>{t('expired.restart')}</ButtonLink>
      ) : (
        <p>{t('expired.goBack')}</p>
      )}
    </Screen>
  )
}
