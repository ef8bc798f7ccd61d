import { mailboxPath } from '../../platform/mail/index.ts'
import {
  Button,
  Card,
  ChoiceLink,
  CopyableId,
  Form,
  Labelled,
  List,
  Note,
  TextField,
} from '../../platform/pages/index.ts'
import type { DemoDescription } from '../model.ts'
import { clockPath, invitePath } from '../paths.ts'
import { Screen, type Speaking } from './screen.tsx'
import { TenantCard } from './tenant-card.tsx'

export interface HomePageProps extends Speaking {
  readonly csrf: string
  /** Null in a database that somebody filled himself. */
  readonly demo: DemoDescription | null
  readonly myOrganizationsUrl: (tenantId: string) => string | null
  /** An address that was just refused, and why. */
  readonly refused: { readonly address: string; readonly why: string } | null
}

/** The first page of a development deployment: what this is, and everything needed to try it. */
export function HomePage(props: HomePageProps) {
  const { demo, refused } = props
  const lead =
    'Xenia lets people from other organizations into yours, with the account that they already have.'
  return (
    <Screen t={props.t} title="Welcome to Xenia" lead={lead} failed={refused !== null}>
      {demo === null ? (
        <Note>This database holds tenants of your own, so there is no demo in it.</Note>
      ) : (
        <Invite csrf={props.csrf} demo={demo} refused={refused} />
      )}
      <Labelled title="Look around">
        <ChoiceLink
          icon="mail"
          title="Mailbox"
          text="Every mail that Xenia sends ends here; none leaves this computer."
          href={mailboxPath}
        />
        <ChoiceLink
          icon="clock"
          title="Clock"
          text="Move the product’s time forward and see what expires."
          href={clockPath}
        />
      </Labelled>
      {demo?.tenants.map((tenant) => (
        <TenantCard
          key={tenant.id}
          tenant={tenant}
          myOrganizationsUrl={props.myOrganizationsUrl(tenant.id)}
        />
      ))}
      {demo === null ? null : (
        <Card title="For scripts">
          <CopyableId label="Everything on this page as JSON" value="npx xenia demo --json" />
          <CopyableId label="Graph API" value={demo.graphUrl} />
        </Card>
      )}
      <Note>
        This page exists in development only. Production mode has neither the demo, nor the mailbox, nor the
        clock.
      </Note>
    </Screen>
  )
}

interface InviteProps extends Pick<HomePageProps, 'csrf' | 'refused'> {
  readonly demo: DemoDescription
}

function Invite({ csrf, demo, refused }: InviteProps) {
  const maria = demo.tenants.find(({ key }) => key === 'fabrikam')?.users[0]
  if (maria === undefined) return null
  return (
    <>
      <Card title="A guest in four clicks">
        <List
          look="steps"
          items={[
            { key: 'invite', content: 'Contoso’s administrator invites Maria Santos of Fabrikam.' },
            { key: 'open', content: 'You open Maria’s mail.' },
            { key: 'sign-in', content: 'You accept in the mail and type Maria’s password at Fabrikam.' },
            { key: 'accept', content: 'You accept what Contoso asks for, and are in Contoso’s application.' },
          ]}
        />
        <Form action={invitePath} csrf={csrf}>
          <Button name="address" value={maria.userPrincipalName}>
            Invite Maria Santos from Fabrikam
          </Button>
        </Form>
      </Card>
      <Card title="Or anybody else">
        <Form action={invitePath} csrf={csrf}>
          <TextField
            name="address"
            label="Email address"
            hint="Someone without an organization here, say kim@mail.example, signs in with a mailed code."
            inputMode="email"
            autocomplete="off"
            value={refused?.address ?? ''}
            error={refused?.why}
          />
          <Button look="secondary">Invite to Contoso</Button>
        </Form>
      </Card>
    </>
  )
}
