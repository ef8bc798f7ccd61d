import {
  Address,
  Alert,
  Button,
  EmptyState,
  Form,
  Monogram,
  TextField,
  type Translator,
} from '../../platform/pages/index.ts'
import { CodeEntry, type CodeEntryProps } from './passcode.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type MailboxError = 'empty' | 'malformed'

export interface MailboxPageProps extends Frame, Posting {
  /** Posted as `address`; prefilled from the link in the mail. */
  readonly address: string
  readonly error: MailboxError | null
  readonly tooManySends: boolean
}

/** INV-16, first step: prove the mailbox. */
export function MailboxPage(props: MailboxPageProps) {
  const { t, error } = props
  return (
    <Screen
      frame={props}
      title={t('senders.ask.title')}
      lead={t('senders.ask.lead')}
      failed={error !== null || props.tooManySends}
    >
      {props.tooManySends ? <Alert tone="warning">{t('passcode.tooManySends')}</Alert> : null}
      <Form action={props.action} csrf={props.csrf}>
        <TextField
          name="address"
          label={t('senders.ask.label')}
          value={props.address}
          error={error && t(`senders.ask.error.${error}`)}
          autocomplete="email"
          inputMode="email"
          focus
        />
        <Button>{t('passcode.ask.submit')}</Button>
      </Form>
    </Screen>
  )
}

export type MailboxCodePageProps = Frame & CodeEntryProps

/** INV-16, second step. Posts as `EnterCodePage` does. */
export function MailboxCodePage(props: MailboxCodePageProps) {
  const { t } = props
  return (
    <Screen
      frame={props}
      title={t('passcode.enter.title')}
      lead={t.rich('senders.enter.lead', {
        address: (
          <strong>
            <Address text={props.account.identifier} />
          </strong>
        ),
      })}
      failed={props.error !== null}
    >
      <CodeEntry t={t} entry={props} submit={t('senders.enter.submit')} other={t('senders.enter.other')} />
    </Screen>
  )
}

export interface InvitationSender {
  readonly tenantId: string
  readonly displayName: string
  readonly domain: string
  /** `null`: may send. */
  readonly blockedSince: Date | null
}

export interface InvitationSendersPageProps extends Frame, Posting {
  readonly address: string
  /** The one whose mail led here first. */
  readonly senders: readonly InvitationSender[]
  /** What the last post did. */
  readonly done: { readonly kind: 'blocked' | 'unblocked'; readonly displayName: string } | null
}

/** INV-16, the list. Each row posts `tenant` and `decision=block|unblock`. */
export function InvitationSendersPage(props: InvitationSendersPageProps) {
  const { t, done } = props
  return (
    <Screen
      frame={props}
      title={t('senders.title')}
      lead={t.rich('senders.lead', {
        address: (
          <strong>
            <Address text={props.address} />
          </strong>
        ),
      })}
      width="wide"
    >
      {done ? (
        <Alert tone="success">{t(`senders.${done.kind}Now`, { organization: done.displayName })}</Alert>
      ) : null}
      {props.senders.length === 0 ? (
        <EmptyState icon="mail" title={t('senders.none')}>
          {t('senders.noneText')}
        </EmptyState>
      ) : (
        <ul class="rows">
          {props.senders.map((sender) => (
            <Row key={sender.tenantId} t={t} sender={sender} posting={props} />
          ))}
        </ul>
      )}
    </Screen>
  )
}

interface RowProps {
  readonly t: Translator
  readonly sender: InvitationSender
  readonly posting: Posting
}

function Row({ t, sender, posting }: RowProps) {
  const { displayName, blockedSince } = sender
  return (
    <li class="row">
      <Monogram name={displayName} square />
      <div class="row-text">
        <p class="item-title">{displayName}</p>
        <p class="item-text">
          <Address text={sender.domain} />
        </p>
        <p class="item-text">
          {blockedSince ? t('senders.blocked', { since: blockedSince }) : t('senders.allowed')}
        </p>
      </div>
      <div class="row-end">
        <Form action={posting.action} csrf={posting.csrf} hidden={{ tenant: sender.tenantId }}>
          <Button
            look={blockedSince ? 'secondary' : 'danger'}
            name="decision"
            value={blockedSince ? 'unblock' : 'block'}
          >
            {t(blockedSince ? 'senders.unblock' : 'senders.block')}
            <span class="visually-hidden"> {displayName}</span>
          </Button>
        </Form>
      </div>
    </li>
  )
}
