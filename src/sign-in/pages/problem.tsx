import {
  ButtonLink,
  CopyableText,
  contactLink,
  Note,
  type Trace,
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
      <CopyableText
        label={t('error.copy')}
        lines={[
          `${t('trace.code')}: ${props.code}`,
          `${t('trace.correlationId')}: ${trace.correlationId}`,
          ...(trace.requestId ? [`${t('trace.requestId')}: ${trace.requestId}`] : []),
          `${t('trace.time')}: ${wireTime(trace.time)}`,
        ]}
      />
      <Note>{t('error.copyHint')}</Note>
      {props.retryUrl ? <ButtonLink href={props.retryUrl}>{t('error.retry')}</ButtonLink> : null}
    </Screen>
  )
}

export function Contact({ contact }: { readonly contact: string }) {
  const href = contactLink(contact)
  return href ? <a href={href}>{contact}</a> : <strong>{contact}</strong>
}
