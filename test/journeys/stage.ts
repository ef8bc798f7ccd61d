import { createHash } from 'node:crypto'
import { afterAll, vi } from 'vitest'
import { startExampleApp } from '../../examples/web-app/app.ts'
import { assignRole, createUser, registerApplication, updateOrganization } from '../../src/directory/index.ts'
import { directoryRoleTemplates } from '../../src/graph/index.ts'
import { createPasswordHasher } from '../../src/platform/passwords.ts'
import { tenantInitialisers } from '../../src/server.ts'
import { TestBrowser } from '../../src/sign-in/flow/browser.fixture.ts'
import { consentForEverybody, type Organisation, PASSWORD } from '../conformance/organisation.fixture.ts'
import { launchBrowser } from '../kit/browser.ts'
import { contextOf, newTenant } from '../kit/deployment.ts'
import { readyDatabase } from '../kit/own-database.ts'
import { freePort } from '../kit/port.ts'
import { type TestServer, testServer } from '../kit/server.ts'
import { type Device, Visitor } from './visitor.ts'

export interface Person {
  readonly id: string
  readonly name: string
  readonly address: string
}

export interface Application {
  /** Another site than the product's, as applications are. */
  readonly origin: string
  readonly appId: string
  readonly signInUrl: string
}

/** A mail as its reader's script would see it. */
export interface Mail {
  readonly id: string
  readonly subject: string
  readonly text: string
  readonly links: readonly string[]
}

/**
 * Where journeys take place: the whole program on a database of its own (its clock is moved, and its jobs take
 * every tenant's), two organisations with people, one of them with an application, and a browser.
 */
export interface Stage {
  readonly server: TestServer
  readonly contoso: Organisation
  readonly fabrikam: Organisation
  readonly application: Application
  /** Contoso's administrator. */
  readonly adele: Person
  /** A browser that nobody has used. */
  visitor(device: Device): Promise<Visitor>
  /** A member who can sign in with `PASSWORD`. */
  newPerson(organisation: Organisation, name: string): Promise<Person>
  /** Adele invites by `POST /invitations`, with a mail, to the application. */
  invite(guest: {
    readonly address: string
    readonly name?: string
  }): Promise<{ readonly invitedUserId: string; readonly redeemUrl: string }>
  /** What is in somebody's mailbox now, newest first. */
  mailsTo(address: string): Promise<readonly Mail[]>
  /** The newest invitation in somebody's mailbox; waits until so many have arrived. */
  invitationTo(address: string, count: number): Promise<Mail>
  /** The code in the newest mail with one that was not read before. */
  codeFor(address: string): Promise<string>
}

export async function openStage(): Promise<Stage> {
  const [database, browser] = await Promise.all([readyDatabase(), launchBrowser()])
  afterAll(() => browser.close())
  const server = await testServer({}, { database })
  const contoso = await organisation(server, 'Contoso')
  const fabrikam = await organisation(server, 'Fabrikam')
  const people = peopleOf()
  const adele = await people.newPerson(contoso, 'Adele Vance')
  await contoso.ctx.db.transaction((tx) =>
    assignRole(contoso.ctx, tx, directoryRoleTemplates.globalAdministrator, adele.id),
  )
  const application = await openApplication(server, contoso)
  const tokenOf = await administration(server, contoso)
  const token = await tokenOf(adele)
  return {
    server,
    contoso,
    fabrikam,
    application,
    adele,
    visitor: (device) => Visitor.arrive(browser, device),
    newPerson: people.newPerson,
    async invite({ address, name }) {
      const response = await fetch(`${server.baseUrl}/v1.0/invitations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          invitedUserEmailAddress: address,
          ...(name === undefined ? {} : { invitedUserDisplayName: name }),
          inviteRedirectUrl: application.signInUrl,
          sendInvitationMessage: true,
        }),
      })
      const text = await response.text()
      if (response.status !== 201) throw new Error(text)
      // As the API documents it (INV-1).
      const body = JSON.parse(text) as { invitedUser: { id: string }; inviteRedeemUrl: string }
      return { invitedUserId: body.invitedUser.id, redeemUrl: body.inviteRedeemUrl }
    },
    ...readerOf(server),
  }
}

function readerOf({ baseUrl }: TestServer): Pick<Stage, 'mailsTo' | 'invitationTo' | 'codeFor'> {
  const mailsTo = async (address: string): Promise<readonly Mail[]> => {
    const response = await fetch(`${baseUrl}/dev/mailbox.json?${new URLSearchParams({ to: address })}`)
    // As the mailbox documents it.
    const { value } = (await response.json()) as { value: readonly Mail[] }
    return value
  }
  const readCodes = new Set<string>()
  const wait = (address: string, isWanted: (mail: Mail) => boolean, count = 1): Promise<Mail> =>
    vi.waitFor(
      async () => {
        const mails = await mailsTo(address)
        const wanted = mails.filter(isWanted)
        if (wanted[0] === undefined || wanted.length < count) {
          throw new Error(`${wanted.length} of ${mails.length} mails to ${address} are wanted, not ${count}.`)
        }
        return wanted[0]
      },
      { timeout: 10_000, interval: 50 },
    )
  return {
    mailsTo,
    invitationTo: (address, count) => wait(address, ({ subject }) => subject.includes('invited you'), count),
    async codeFor(address) {
      const { id, text } = await wait(
        address,
        (mail) => mail.subject.startsWith('Your code') && !readCodes.has(mail.id),
      )
      readCodes.add(id)
      return /\b\d{8}\b/.exec(text)?.[0] ?? ''
    },
  }
}

async function organisation({ deployment }: TestServer, displayName: string): Promise<Organisation> {
  const domain = `${displayName.toLowerCase()}.example`
  const tenant = await newTenant(deployment, { displayName, initialDomain: domain }, tenantInitialisers)
  return { id: tenant.id, domain, ctx: contextOf(deployment, tenant) }
}

function peopleOf() {
  const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 100 })
  const hash = hasher.hash(PASSWORD)
  return {
    async newPerson({ ctx, domain }: Organisation, name: string): Promise<Person> {
      const [givenName = '', surname = ''] = name.split(' ')
      const alias = name.toLowerCase().replaceAll(' ', '.')
      const address = `${alias}@${domain}`
      const user = await createUser(
        ctx,
        {
          userPrincipalName: address,
          displayName: name,
          givenName,
          surname,
          mail: address,
          mailNickname: alias,
          accountEnabled: true,
        },
        { hash: await hash, forceChange: false },
      )
      return { id: user.id, name, address }
    },
  }
}

/** The example application of Contoso; its administrator has consented for everybody. */
async function openApplication({ baseUrl }: TestServer, contoso: Organisation): Promise<Application> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const name = 'Contoso Partner Portal'
  const registered = await contoso.ctx.db.transaction((tx) =>
    registerApplication(contoso.ctx, tx, {
      displayName: name,
      web: { redirectUris: [`${origin}/callback`, `${origin}/signed-out`] },
      optionalClaims: { idToken: [{ name: 'acct' }] },
      secret: {},
    }),
  )
  await consentForEverybody(contoso, registered, ['openid', 'profile', 'email'])
  await updateOrganization(contoso.ctx, { privacyProfile: { statementUrl: `${origin}/privacy` } })
  const { appId } = registered.application
  const app = await startExampleApp({
    issuer: `${baseUrl}/${contoso.id}/v2.0`,
    clientId: appId,
    clientSecret: registered.secret?.secretText ?? '',
    origin,
    port,
    name,
    organization: 'Contoso',
  })
  afterAll(() => app.stop())
  return { origin, appId, signInUrl: `${origin}/sign-in` }
}

/** Signs people in to a script of theirs, which calls Graph for them. */
async function administration({ baseUrl }: TestServer, contoso: Organisation) {
  const redirectUri = 'http://localhost:1/back'
  const script = await contoso.ctx.db.transaction((tx) =>
    registerApplication(contoso.ctx, tx, {
      displayName: 'Administration script',
      publicClient: { redirectUris: [redirectUri] },
    }),
  )
  await consentForEverybody(contoso, script, ['openid', 'User.Invite.All'])
  const client = { client_id: script.application.appId, redirect_uri: redirectUri }
  const scope = 'openid https://graph.microsoft.com/User.Invite.All'
  return async (person: Person): Promise<string> => {
    const verifier = 'v'.repeat(50)
    const browser = new TestBrowser(baseUrl)
    const query = new URLSearchParams({
      ...client,
      scope,
      response_type: 'code',
      login_hint: person.address,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const password = await browser.open(`${baseUrl}/${contoso.id}/oauth2/v2.0/authorize?${query}`)
    const stay = await browser.submit(password, { password: PASSWORD })
    const back = await browser.submit(stay, { stay: 'no' })
    const code = back.url.searchParams.get('code') ?? ''
    const response = await fetch(`${baseUrl}/${contoso.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...client,
        code,
        grant_type: 'authorization_code',
        code_verifier: verifier,
      }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(text)
    // RFC 6749 §5.1.
    return (JSON.parse(text) as { access_token: string }).access_token
  }
}
