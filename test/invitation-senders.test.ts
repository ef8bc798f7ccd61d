import { expect, test } from 'vitest'
import { createUser } from '../src/directory/index.ts'
import { callerOfPerson, defaultInvitationPolicy, invite } from '../src/invitations/index.ts'
import type { TenantId } from '../src/platform/ids.ts'
import { createPort } from '../src/tenants/index.ts'
import { contextOf, newTenant } from './kit/deployment.ts'
import { testServer } from './kit/server.ts'

// Without workers: the mail leaves when the test says so.
const server = await testServer({ XENIA_ROLES: 'web' })
const { deployment } = server

/** A browser without scripts: keeps cookies, posts the form that a page shows. */
class Visitor {
  readonly #cookies = new Map<string, string>()
  html = ''
  status = 0

  async open(path: string, form?: Readonly<Record<string, string>>): Promise<void> {
    const response = await fetch(new URL(path, server.baseUrl), {
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location !== null) return this.open(location)
    this.status = response.status
    this.html = await response.text()
  }

  post(path: string, form: Readonly<Record<string, string>>): Promise<void> {
    return this.open(path, { csrf: /name="csrf" value="([^"]+)"/.exec(this.html)?.[1] ?? '', ...form })
  }
}

async function invited(address: string) {
  const tenant = await newTenant(deployment)
  const ctx = contextOf(deployment, tenant)
  const inviter = await createUser(
    ctx,
    {
      userPrincipalName: `ann@${tenant.initialDomain}`,
      displayName: 'Ann',
      accountEnabled: true,
      mailNickname: 'ann',
    },
    { hash: '$argon2id$unused', forceChange: false },
  )
  const again = () =>
    invite(
      {
        deployment,
        mailer: { queue: async () => 'mailed' },
        port: createPort(deployment, []),
        policy: defaultInvitationPolicy,
      },
      ctx,
      callerOfPerson(inviter.id, true),
      {
        invitedUserEmailAddress: address,
        inviteRedirectUrl: 'https://app.contoso.test/',
        invitedUserDisplayName: null,
        invitedUserType: 'Guest',
        sendInvitationMessage: true,
        ccRecipients: [],
        customizedMessageBody: null,
        messageLanguage: null,
        resetRedemption: false,
        invitedUserId: null,
        sponsorIds: [],
      },
    )
  await again()
  return { tenantId: tenant.id, path: `/${tenant.id}/invitation-senders`, again }
}

async function codeFor(address: string, tenantId: TenantId): Promise<string> {
  await server.jobs.runPending({ tenantId })
  const [mail] = (await server.mailbox?.list({ to: address })) ?? []
  const code = /\b(\d{8})\b/.exec(mail?.text.replaceAll(/(\d{4})[ -](\d{4})/g, '$1$2') ?? '')?.[1]
  if (code === undefined) throw new Error('no mail came')
  return code
}

test('INV-16: whoever proves the mailbox blocks and unblocks the tenant’s invitations', async () => {
  const address = `kim-${deployment.ids.guid()}@mail.example`
  const { tenantId, path, again } = await invited(address)
  const kim = new Visitor()
  await kim.open(`${path}?address=${encodeURIComponent(address)}`)
  expect(kim.html).toContain(address)
  await kim.post(`${path}/code`, { address })
  await kim.post(`${path}/verify`, { identifier: address, code: await codeFor(address, tenantId) })
  await kim.post(`${path}/change`, { decision: 'block' })
  expect((await again()).mailed).toBe(false)
  await kim.post(`${path}/change`, { decision: 'unblock' })
  expect((await again()).mailed).toBe(true)
})

test('INV-16: nobody decides for a mailbox that they have not proved', async () => {
  const address = `kim-${deployment.ids.guid()}@mail.example`
  const { path, again } = await invited(address)
  const stranger = new Visitor()
  await stranger.open(path)
  await stranger.post(`${path}/code`, { address })
  await stranger.post(`${path}/verify`, { identifier: address, code: '00000000' })
  await stranger.post(`${path}/change`, { decision: 'block' })
  expect((await again()).mailed).toBe(true)
})

test('INV-16: the answer is the same for a mailbox that nobody here knows', async () => {
  const address = `kim-${deployment.ids.guid()}@mail.example`
  const { path } = await invited(address)
  const pages = await Promise.all(
    [address, `x${address.slice(1)}`].map(async (mailbox) => {
      const visitor = new Visitor()
      await visitor.open(path)
      await visitor.post(`${path}/code`, { address: mailbox })
      return visitor.html
        .replaceAll(mailbox, 'ADDRESS')
        .replaceAll(/value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, '')
    }),
  )
  expect(pages[0]).toBe(pages[1])
})

test('a form of another site is refused', async () => {
  const address = `kim-${deployment.ids.guid()}@mail.example`
  const { path } = await invited(address)
  const visitor = new Visitor()
  await visitor.open(path)
  await visitor.post(`${path}/code`, { address, csrf: 'forged' })
  expect(visitor.status).toBe(403)
})
