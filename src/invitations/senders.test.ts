import { expect, test } from 'vitest'
import { createInvitationSenders } from './senders.ts'
import { body, invitedIdOf, type Organization, testWorld } from './world.fixture.ts'

const world = testWorld()
const senders = createInvitationSenders(world.dependencies)
const address = 'maria@fabrikam.example'

const invite = (contoso: Organization, to = address) =>
  contoso.asAdmin()('POST /invitations', { body: body(to, { sendInvitationMessage: true }) })

test('INV-16: whoever has blocked a tenant is invited without mail, and the log says so', async () => {
  const [contoso, other] = [await world.organization(), await world.organization()]
  await senders.block(contoso.ctx, 'Maria@Fabrikam.example')
  const answer = await invite(contoso)
  expect(answer.status).toBe(201)
  expect((await contoso.read(invitedIdOf(answer.json)))?.externalUserState).toBe('PendingAcceptance')
  expect(await contoso.outbox()).toEqual([])
  expect((await contoso.audits()).map(({ activity }) => activity)).toEqual([
    'Email unsubscribed',
    'Invite external user',
    'Email not sent, user unsubscribed',
  ])
  // Another tenant is another sender.
  await invite(other)
  expect(await other.outbox()).toHaveLength(1)

  const resent = await contoso.asAdmin()(`POST /ext/v1.0/invitations/${answer.json.id}/resend`)
  expect(resent.status).toBe(200)
  expect(await contoso.outbox()).toEqual([])

  await senders.unblock(contoso.ctx, address)
  await invite(contoso)
  expect(await contoso.outbox()).toHaveLength(1)
})

test('INV-16: blocking twice is blocking once', async () => {
  const contoso = await world.organization()
  expect(await senders.blockedSince(contoso.ctx, address)).toBeNull()
  await senders.block(contoso.ctx, address)
  const since = await senders.blockedSince(contoso.ctx, address)
  world.deployment.clock.advance(1000)
  await senders.block(contoso.ctx, address)
  expect(await senders.blockedSince(contoso.ctx, address)).toEqual(since)
  await senders.unblock(contoso.ctx, address)
  await senders.unblock(contoso.ctx, address)
  expect((await contoso.audits()).map(({ activity }) => activity)).toEqual([
    'Email unsubscribed',
    'Email subscribed',
  ])
})

test('INV-16: a code to the mailbox proves it, once; a mailbox that was never invited gets none', async () => {
  const [contoso, other] = [await world.organization(), await world.organization()]
  await invite(contoso)
  expect(await senders.sendCode(contoso.ctx, address, 'en-US')).toBe('sent')
  expect(await senders.sendCode(contoso.ctx, 'stranger@fabrikam.example', 'en-US')).toBe('sent')
  expect(await senders.sendCode(contoso.ctx, 'nonsense', 'en-US')).toBe('malformed')
  const mails = await contoso.outbox()
  expect(mails.map(({ kind, to }) => [kind, to[0]?.address])).toEqual(
    expect.arrayContaining([
      ['invitation', address],
      ['passcode', address],
    ]),
  )
  expect(mails).toHaveLength(2)
  const code = /^ {4}(\d{8})$/m.exec(mails.find(({ kind }) => kind === 'passcode')?.text ?? '')?.[1] ?? ''
  const wrong = code === '00000000' ? '11111111' : '00000000'
  expect((await senders.prove(contoso.ctx, address, wrong)).outcome).toBe('refused')
  expect((await senders.prove(other.ctx, address, code)).outcome).toBe('refused')
  expect((await senders.prove(contoso.ctx, address, code)).outcome).toBe('accepted')
  expect((await senders.prove(contoso.ctx, address, code)).outcome).toBe('refused')
})

test('OTP-3: too many codes are refused, for known and unknown mailboxes alike', async () => {
  const contoso = await world.organization()
  await invite(contoso)
  for (const to of [address, 'stranger@fabrikam.example']) {
    const outcomes = []
    for (let count = 0; count < 6; count += 1) outcomes.push(await senders.sendCode(contoso.ctx, to, 'de-DE'))
    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'sent', 'sent', 'tooMany'])
  }
})
