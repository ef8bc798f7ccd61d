import {
  Actions,
  Button,
  EmptyState,
  Form,
  Heading,
  Icon,
  Lead,
  Page,
  SideLinks,
  TextField,
  translator,
  wireTime,
} from '../pages/index.ts'
import { frameSandbox, WEB_ADDRESS } from './mailbox-html.ts'
import type { ReceivedMail } from './mailbox-store.ts'

// For developers, like logs and the command line: English only, so outside the message catalogues.
const t = translator('en-US')

export const mailboxPath = '/dev/mailbox'

const pathOf = (mail: ReceivedMail): string => `${mailboxPath}/${mail.id}`

interface MailboxPageProps {
  readonly mails: readonly ReceivedMail[]
  /** The address that the list is limited to; empty: everybody's. */
  readonly to: string
}

export function MailboxPage({ mails, to }: MailboxPageProps) {
  return (
    <Page t={t} title="Development mailbox" tenant={null} trace={null} width="wide">
      <Heading>Development mailbox</Heading>
      <Lead>
        Every mail of this deployment ends here. Nothing leaves the machine until XENIA_SMTP_URL is set.
      </Lead>
      <form class="form" method="get" action={mailboxPath}>
        <TextField
          name="to"
          label="Only mail to this address"
          value={to}
          inputMode="email"
          autocomplete="off"
        />
        <Actions>
          <Button look="secondary">Show</Button>
        </Actions>
      </form>
      {mails.length === 0 ? (
        <EmptyState icon="mail" title={to === '' ? 'No mail yet' : `No mail to ${to}`}>
          <p>Invite somebody, or ask for a code at a sign-in page, then load this page again.</p>
        </EmptyState>
      ) : (
        <section class="labelled">
          <h2>{mails.length === 1 ? '1 mail' : `${mails.length} mails, newest first`}</h2>
          <ul class="rows">
            {mails.map((mail) => (
              <MailRow key={mail.id} mail={mail} />
            ))}
          </ul>
        </section>
      )}
      {mails.length === 0 ? null : (
        <Form action={`${mailboxPath}/clear`} csrf="">
          <Actions>
            <Button look="link">Delete all mail</Button>
          </Actions>
        </Form>
      )}
    </Page>
  )
}

function MailRow({ mail }: { readonly mail: ReceivedMail }) {
  return (
    <li class="row">
      <Icon name="mail" />
      <div class="row-text">
        <p class="item-title">
          <a href={pathOf(mail)}>{titleOf(mail)}</a>
        </p>
        <p class="item-text">
          To <bdi>{mail.recipients.join(', ')}</bdi>
        </p>
        <p class="item-text">
          From <bdi>{mail.from}</bdi>
        </p>
      </div>
      <div class="row-end item-text">{wireTime(mail.receivedAt)}</div>
    </li>
  )
}

const titleOf = (mail: ReceivedMail): string => (mail.subject === '' ? '(no subject)' : mail.subject)

export const mailViews = ['html', 'text', 'headers'] as const
export type MailView = (typeof mailViews)[number]

const VIEW_NAMES: Readonly<Record<MailView, string>> = { html: 'Message', text: 'Text', headers: 'Headers' }

export function MailPage({ mail, view }: { readonly mail: ReceivedMail; readonly view: MailView }) {
  const title = titleOf(mail)
  return (
    <Page t={t} title={title} tenant={null} trace={null} width="wide">
      <nav aria-label="Mailbox">
        <SideLinks links={[{ href: mailboxPath, text: 'All mail' }]} />
      </nav>
      <Heading>{title}</Heading>
      <Lead>
        From <bdi>{mail.from}</bdi>
        <br />
        To <bdi>{mail.recipients.join(', ')}</bdi>
        <br />
        {wireTime(mail.receivedAt)}
        {mail.attachmentNames.length === 0 ? null : ` · Attachments: ${mail.attachmentNames.join(', ')}`}
      </Lead>
      <nav aria-label="Views of this mail">
        <ul class="side-links">
          {mailViews.map((name) => (
            <li key={name}>
              <a href={`${pathOf(mail)}?view=${name}`} aria-current={name === view ? 'page' : undefined}>
                {name === view ? <strong>{VIEW_NAMES[name]}</strong> : VIEW_NAMES[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <MailBody mail={mail} view={view} />
    </Page>
  )
}

function MailBody({ mail, view }: { readonly mail: ReceivedMail; readonly view: MailView }) {
  if (view === 'headers') return <Lines lines={mail.headerLines} />
  if (view === 'text') {
    return mail.text === '' ? (
      <EmptyState icon="info" title="This mail has no text part" />
    ) : (
      <Lines lines={mail.text.split('\n')} />
    )
  }
  return mail.html === null ? (
    <EmptyState icon="info" title="This mail has no HTML part" />
  ) : (
    // Attributes, not a style: the page's policy allows no inline styles.
    <iframe
      title="The mail as its reader sees it"
      src={`${pathOf(mail)}/html`}
      sandbox={frameSandbox}
      width="100%"
      height="720"
      frameborder="0"
    />
  )
}

/** Text as it is, line by line, with its web addresses as links. */
function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <p>
      {lines.map((line, place) => (
        <span key={place}>
          {withLinks(line)}
          <br />
        </span>
      ))}
    </p>
  )
}

function withLinks(line: string) {
  const addresses = [...line.matchAll(WEB_ADDRESS)].map(([address]) => address)
  return line.split(WEB_ADDRESS).flatMap((text, place) => {
    const address = addresses[place]
    return address === undefined ? [text] : [text, <a href={address}>{address}</a>]
  })
}
