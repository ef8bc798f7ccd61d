import { mailboxPath } from '../../platform/mail/index.ts'
import { Address, ButtonLink, Card, CopyableId, List, SideLinks } from '../../platform/pages/index.ts'
import type { DemoApplication, DemoUser } from '../model.ts'
import { homePath } from '../paths.ts'
import { Screen, type Speaking } from './screen.tsx'

export interface InvitedPageProps extends Speaking {
  readonly address: string
  /** Somebody whose password we know; null for any other address. */
  readonly person: DemoUser | null
  /** The page of the mail; null when it is not there yet. */
  readonly mailUrl: string | null
  /** Whose guest it will be, and where the invitation leads. */
  readonly hostName: string
  readonly application: DemoApplication
}

/** Between the first click and the second: the mail is there, and this is what to do with it. */
export function InvitedPage({ t, address, person, mailUrl, hostName, application }: InvitedPageProps) {
  const name = person?.displayName ?? address
  return (
    <Screen
      t={t}
      title="Invitation sent"
      lead={
        <>
          {hostName} has invited <strong>{name}</strong>.{' '}
          {mailUrl === null ? 'The mail is on its way.' : 'The mail has arrived.'}
        </>
      }
    >
      <ButtonLink href={mailUrl ?? mailboxPath}>
        {mailUrl === null ? 'Open the mailbox' : 'Open the mail'}
      </ButtonLink>
      <Card title="What comes next">
        <List
          look="steps"
          items={[
            { key: 'accept', content: 'Accept the invitation in the mail.' },
            {
              key: 'sign-in',
              content:
                person === null ? (
                  <>
                    A code goes to <Address text={address} />. It lies in the mailbox, too; type it in.
                  </>
                ) : (
                  <>
                    Sign in as <Address text={address} /> with the password below.
                  </>
                ),
            },
            { key: 'review', content: `Accept what ${hostName} asks for.` },
            { key: 'arrive', content: `You are in ${application.displayName}, as a guest of ${hostName}.` },
          ]}
        />
        {person === null ? null : <CopyableId label={`Password of ${name}`} value={person.password} />}
      </Card>
      <SideLinks links={[{ href: homePath, text: 'Back to the first page' }]} />
    </Screen>
  )
}

export type AlreadyGuestPageProps = Omit<InvitedPageProps, 'mailUrl'>

/** The person accepted before: no mail is sent, and the way in is the ordinary one. */
export function AlreadyGuestPage({ t, address, person, hostName, application }: AlreadyGuestPageProps) {
  const name = person?.displayName ?? address
  return (
    <Screen
      t={t}
      title={`${name} is a guest already`}
      lead={`${hostName} sends no second invitation to somebody who has accepted one.`}
    >
      <ButtonLink href={signInUrlFor(application, address)}>Sign in to {application.displayName}</ButtonLink>
      {person === null ? null : <CopyableId label={`Password of ${name}`} value={person.password} />}
      <SideLinks links={[{ href: homePath, text: 'Back to the first page' }]} />
    </Screen>
  )
}

const signInUrlFor = ({ signInUrl }: DemoApplication, address: string): string =>
  `${signInUrl}?${new URLSearchParams({ login_hint: address })}`
