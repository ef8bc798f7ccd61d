import { webAddress } from '../platform/pages/index.ts'
import { mailDocument } from './mail-layout.tsx'
import { Button, Code, Link, Paragraph, Person, Quote, Title, Warning } from './mail-parts.tsx'
import { type MailTexts, mailDate, mailTexts, plainName } from './mail-texts.ts'
import type { MailLanguage } from './message-rules.ts'

/** A mail without its addressees. Every part is safe for a header as it stands: one line each. */
export interface RenderedMail {
  readonly language: MailLanguage
  readonly subject: string
  /** Display name of the sender; the address is the deployment's. */
  readonly fromName: string
  readonly replyTo: string | null
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

export interface MailTenant {
  readonly displayName: string
  /** Shown so that a look-alike name does not deceive. */
  readonly primaryDomain: string
  /** `organization.privacyProfile.statementUrl`. */
  readonly privacyStatementUrl: string | null
}

export interface MailInviter {
  readonly displayName: string
  /** Null: an application, or a person without mail here. Nobody to answer to. */
  readonly mail: string | null
  /** Content id of the attached photo. */
  readonly photoContentId: string | null
}

interface Facts {
  readonly language: MailLanguage
  readonly tenant: MailTenant
  readonly inviter: MailInviter
  /** Whom it goes to. */
  readonly address: string
  readonly redirectUrl: string
  /** Leads to the page where the person stops mail of this tenant (INV-16). */
  readonly blockUrl: string
}

export interface InvitationMailFacts extends Facts {
  readonly customMessage: string | null
  readonly acceptUrl: string
  readonly expiresAt: Date | null
}

// RFC 3834 §5: keeps holiday replies away from whoever stands in Reply-To.
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated' }

/** INV-12: the mail that carries a ticket. */
export function invitationMail(facts: InvitationMailFacts): RenderedMail {
  const { language, customMessage, acceptUrl, expiresAt } = facts
  const t = mailTexts(language)
  const names = namesOf(facts)
  const title = t('invitation.title', names)
  const warning = t('invitation.warning')
  const words = t('invitation.text', names)
  const scope = t('invitation.for', { ...names, address: facts.address })
  const end = expiresAt === null ? null : t('invitation.expires', { date: mailDate(expiresAt, language) })
  const label = t('invitation.messageFrom', names)

  const html = mailDocument(
    { language, title, preview: t('invitation.preview', names), tenant: headOf(facts.tenant) },
    <>
      <Warning>{warning}</Warning>
      <Title>{title}</Title>
      <Inviter facts={facts} t={t} />
      {customMessage === null ? (
        <Paragraph>{words}</Paragraph>
      ) : (
        <Quote label={label} words={customMessage} />
      )}
      <Button href={acceptUrl}>{t('invitation.accept')}</Button>
      <Paragraph soft>{[scope, end].filter(Boolean).join(' ')}</Paragraph>
      <Paragraph soft>
        {t('invitation.plainLink')}
        <br />
        <Link href={acceptUrl}>{acceptUrl}</Link>
      </Paragraph>
    </>,
    <Footer facts={facts} t={t} />,
  )
  const text = [
    `! ${warning}`,
    title,
    personLine(facts, t),
    customMessage === null ? words : `${label}:\n${quoted(customMessage)}`,
    `${t('invitation.accept')}:\n${acceptUrl}`,
    [scope, end].filter(Boolean).join(' '),
    footerText(facts, t),
  ].join('\n\n')
  return invited(facts, t, { subject: t('invitation.subject', names), html, text: `${text}\n` })
}

/** RED-15: the guest is in already; nothing to accept, so no ticket either. */
export function notificationMail(facts: Facts & { readonly customMessage: string | null }): RenderedMail {
  const { language, customMessage, redirectUrl } = facts
  const t = mailTexts(language)
  const names = namesOf(facts)
  const title = t('notification.title', names)
  const words = t('notification.text', names)
  const label = t('invitation.messageFrom', names)

  const html = mailDocument(
    { language, title, preview: t('notification.preview', names), tenant: headOf(facts.tenant) },
    <>
      <Title>{title}</Title>
      <Inviter facts={facts} t={t} />
      <Paragraph>{words}</Paragraph>
      {customMessage === null ? null : <Quote label={label} words={customMessage} />}
      <Button href={redirectUrl}>{t('notification.open', names)}</Button>
    </>,
    <Footer facts={facts} t={t} />,
  )
  const text = [
    title,
    personLine(facts, t),
    words,
    ...(customMessage === null ? [] : [`${label}:\n${quoted(customMessage)}`]),
    `${t('notification.open', names)}:\n${redirectUrl}`,
    footerText(facts, t),
  ].join('\n\n')
  return invited(facts, t, { subject: t('notification.subject', names), html, text: `${text}\n` })
}

export interface PasscodeMailFacts {
  readonly language: MailLanguage
  readonly tenant: MailTenant
  readonly code: string
  readonly lifetimeMinutes: number
}

/** OTP-3. The subject does not hold the code: locked telephones show subjects. */
export function passcodeMail({ language, tenant, code, lifetimeMinutes }: PasscodeMailFacts): RenderedMail {
  const t = mailTexts(language)
  const values = {
    tenant: plainName(tenant.displayName),
    domain: tenant.primaryDomain,
    minutes: lifetimeMinutes,
  }
  const title = t('passcode.title', values)
  const html = mailDocument(
    { language, title, preview: t('passcode.preview', values), tenant: headOf(tenant) },
    <>
      <Title>{title}</Title>
      <Paragraph>{t('passcode.text')}</Paragraph>
      <Code>{code}</Code>
      <Paragraph>{t('passcode.valid', values)}</Paragraph>
      <Paragraph soft>{t('passcode.warning', values)}</Paragraph>
    </>,
    <div>{t('footer.sent', values)}</div>,
  )
  const text = [
    title,
    t('passcode.text'),
    `    ${code}`,
    t('passcode.valid', values),
    t('passcode.warning', values),
    `-- \n${t('footer.sent', values)}`,
  ].join('\n\n')
  return {
    language,
    subject: t('passcode.subject', values),
    fromName: t('passcode.from', values),
    replyTo: null,
    html,
    text: `${text}\n`,
    headers: AUTOMATIC,
  }
}

const namesOf = ({ tenant, inviter, redirectUrl }: Facts) => ({
  tenant: plainName(tenant.displayName),
  domain: tenant.primaryDomain,
  inviter: plainName(inviter.displayName),
  destination: new URL(redirectUrl).host,
})

const headOf = ({ displayName, primaryDomain }: MailTenant) => ({
  displayName: plainName(displayName),
  primaryDomain,
})

const invited = (
  facts: Facts,
  t: MailTexts,
  parts: Pick<RenderedMail, 'subject' | 'html' | 'text'>,
): RenderedMail => ({
  ...parts,
  language: facts.language,
  fromName: t('from.invitation', namesOf(facts)),
  replyTo: facts.inviter.mail,
  // RFC 2369 §3.2. Not one-click (RFC 8058): blocking needs proof of the mailbox (INV-16).
  headers: { ...AUTOMATIC, 'List-Unsubscribe': `<${facts.blockUrl}>` },
})

interface PartProps {
  readonly facts: Facts
  readonly t: MailTexts
}

function Inviter({ facts: { inviter }, t }: PartProps) {
  const photoUrl = inviter.photoContentId === null ? null : `cid:${inviter.photoContentId}`
  return (
    <Person
      name={plainName(inviter.displayName)}
      line={inviter.mail ?? t('person.inviter')}
      photoUrl={photoUrl}
    />
  )
}

const personLine = ({ inviter, tenant }: Facts, t: MailTexts): string => {
  const person = `${plainName(inviter.displayName)} (${inviter.mail ?? t('person.inviter')})`
  return `${person}\n${plainName(tenant.displayName)} (${tenant.primaryDomain})`
}

function Footer({ facts, t }: PartProps) {
  const names = namesOf(facts)
  const privacyUrl = webAddress(facts.tenant.privacyStatementUrl)
  return (
    <>
      <div>
        {privacyUrl === null ? (
          t('footer.noPrivacy', names)
        ) : (
          <Link href={privacyUrl}>{t('footer.privacy', names)}</Link>
        )}
      </div>
      <div>
        <Link href={facts.blockUrl}>{t('footer.block', names)}</Link>
      </div>
      <div style={{ paddingTop: '8px' }}>{t('footer.sent', names)}</div>
    </>
  )
}

function footerText(facts: Facts, t: MailTexts): string {
  const names = namesOf(facts)
  const privacyUrl = webAddress(facts.tenant.privacyStatementUrl)
  return [
    // RFC 3676 §4.3: the mark of a signature, trailing space included.
    '-- ',
    privacyUrl === null ? t('footer.noPrivacy', names) : `${t('footer.privacy', names)}: ${privacyUrl}`,
    `${t('footer.block', names)}: ${facts.blockUrl}`,
    t('footer.sent', names),
  ].join('\n')
}

/** Somebody else's words, marked line by line so that they cannot pass for ours. */
const quoted = (words: string): string =>
  words
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${line}`)
    .join('\n')
