import { describe, expect, test } from 'vitest'
import { deleteUser, homeAccountOf, updateUser } from '../directory/index.ts'
import type { ProvenPerson } from '../federation/index.ts'
import type { TenantPort } from '../tenants/index.ts'
import { body, invitedIdOf, type Organization, testWorld, ticketOf } from './world.fixture.ts'

let silent = false
const muted = (usual: TenantPort): TenantPort => ({
  ask: async (ctx, to, name, question) =>
    silent ? { outcome: 'unreachable', why: 'test' } : usual.ask(ctx, to, name, question),
})
const world = testWorld({ port: muted })
const { redemption } = world

/** Contoso invites Maria of Fabrikam. */
async function scene(address?: string) {
  const [contoso, fabrikam] = [await world.organization(), await world.organization()]
  const maria = await fabrikam.person('maria')
  const invited = await inviteTo(contoso, address ?? maria.userPrincipalName)
  return { contoso, fabrikam, maria, person: fabrikam.proven(maria), ...invited }
}

async function inviteTo(contoso: Organization, address: string) {
  const { json } = await contoso.asAdmin()('POST /invitations', { body: body(address) })
  return { ticket: ticketOf(world, json['inviteRedeemUrl']), guestId: invitedIdOf(json) }
}

const request = (person: ProvenPerson, ticket: string | null, provedAddresses: readonly string[] = []) => ({
  person,
  ticket,
  provedAddresses,
})

const byCode = (address: string): ProvenPerson => ({
  kind: 'passcode',
  address,
  signedInAt: world.deployment.clock.now(),
})

describe('opening a link', () => {
  test('RED-1: an open ticket tells whom it is for and where it leads, as often as it is opened', async () => {
    const { contoso, ticket, guestId, maria } = await scene()
    const open = {
      outcome: 'open',
      address: maria.userPrincipalName,
      invitedUserId: guestId,
      redirectUrl: 'https://app.contoso.com/welcome',
    }
    expect(await redemption.openTicket(contoso.ctx, ticket)).toEqual(open)
    expect(await redemption.openTicket(contoso.ctx, ticket)).toEqual(open)
  })

  test('a tampered ticket, none, one of another tenant and one of a deleted guest look alike', async () => {
    const { contoso, fabrikam, ticket, guestId, person } = await scene()
    const flipped = `${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'B' : 'A'}`
    expect(await redemption.openTicket(contoso.ctx, flipped)).toEqual({ outcome: 'unknown' })
    expect(await redemption.openTicket(contoso.ctx, '')).toEqual({ outcome: 'unknown' })
    expect(await redemption.openTicket(fabrikam.ctx, ticket)).toEqual({ outcome: 'unknown' })
    const foreign = await redemption.redeem(fabrikam.ctx, {
      ...request(person, ticket),
      invitedUserId: guestId,
    })
    expect(foreign).toEqual({ outcome: 'unavailable', reason: 'unknown', inviterContact: null })
    await deleteUser(contoso.ctx, guestId)
    expect(await redemption.openTicket(contoso.ctx, ticket)).toEqual({ outcome: 'unknown' })
    expect(await redemption.judge(contoso.ctx, request(person, ticket))).toEqual({
      outcome: 'unavailable',
      reason: 'unknown',
      inviterContact: null,
    })
  })

  test('INV-11: an expired ticket names whom to ask; the guest stays pending', async () => {
    world.decide({ invitationLifetimeDays: 30 })
    const { contoso, ticket, guestId, person } = await scene()
    world.decide({})
    const days = (count: number) => world.deployment.clock.advance(count * 86_400_000)
    days(29)
    expect(await redemption.openTicket(contoso.ctx, ticket)).toMatchObject({ outcome: 'open' })
    days(1)
    const contact = contoso.admin.mail
    expect(await redemption.openTicket(contoso.ctx, ticket)).toEqual({
      outcome: 'expired',
      inviterContact: contact,
    })
    const refused = await redemption.redeem(contoso.ctx, {
      ...request({ ...person, signedInAt: world.deployment.clock.now() }, ticket),
      invitedUserId: guestId,
    })
    expect(refused).toEqual({ outcome: 'unavailable', reason: 'expired', inviterContact: contact })
    expect((await contoso.read(guestId))?.externalUserState).toBe('PendingAcceptance')
  })
})

describe('redeeming', () => {
  test('RED-14: state, identity, invitations and audit record change together; a second click goes on', async () => {
    const { contoso, fabrikam, maria, person, ticket, guestId } = await scene()
    const other = await inviteTo(contoso, maria.userPrincipalName)
    expect(await redemption.judge(contoso.ctx, request(person, ticket))).toEqual({
      outcome: 'accept',
      invitedUserId: guestId,
      inviterName: 'ada',
    })
    const asked = { ...request(person, ticket), invitedUserId: guestId }
    expect(await redemption.redeem(contoso.ctx, asked)).toEqual({ outcome: 'accepted' })
    const guest = await contoso.read(guestId)
    expect(guest?.externalUserState).toBe('Accepted')
    expect(homeAccountOf(guest?.identities ?? [])).toEqual({
      homeTenantId: fabrikam.tenant.id,
      homeObjectId: maria.id,
    })
    expect((await contoso.audits()).map(({ activity, target }) => [activity, target])).toEqual([
      ['Invite external user', guestId],
      ['Invite external user', guestId],
      ['Redeem external user invite', guestId],
    ])
    const accepted = { outcome: 'accepted', redirectUrl: 'https://app.contoso.com/welcome' }
    expect(await redemption.openTicket(contoso.ctx, ticket)).toEqual(accepted)
    expect(await redemption.openTicket(contoso.ctx, other.ticket)).toEqual(accepted)
    expect(await redemption.redeem(contoso.ctx, asked)).toEqual({
      outcome: 'alreadyAccepted',
      redirectUrl: 'https://app.contoso.com/welcome',
    })
  })

  test('RED-14: of fifty who redeem one ticket at once, one is told that they accepted', async () => {
    const { contoso, person, ticket, guestId } = await scene()
    const asked = { ...request(person, ticket), invitedUserId: guestId }
    const answers = await Promise.all(Array.from({ length: 50 }, () => redemption.redeem(contoso.ctx, asked)))
    const outcomes = answers.map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'alreadyAccepted')).toHaveLength(49)
    const redeemed = (await contoso.audits()).filter(({ activity }) => activity.startsWith('Redeem'))
    expect(redeemed).toHaveLength(1)
  })

  test('RED-14: one account cannot be two guests: the second invitation stays open', async () => {
    const { contoso, maria, person, ticket, guestId } = await scene()
    await redemption.redeem(contoso.ctx, { ...request(person, ticket), invitedUserId: guestId })
    const second = await inviteTo(contoso, 'maria.private@mail.example')
    const judged = await redemption.judge(
      contoso.ctx,
      request(person, second.ticket, ['maria.private@mail.example']),
    )
    expect(judged).toEqual({
      outcome: 'wrongAccount',
      address: 'maria.private@mail.example',
      mayProve: false,
    })
    expect((await contoso.read(second.guestId))?.externalUserState).toBe('PendingAcceptance')
    expect(maria.mail).not.toBeNull()
  })

  test('two invitations redeemed by one account at the same moment: one wins, the other stays open', async () => {
    const { contoso, fabrikam, maria, ticket, guestId, person } = await scene()
    await updateUser(fabrikam.ctx, maria.id, { mail: `maria.alias@${fabrikam.tenant.initialDomain}` })
    const alias = await inviteTo(contoso, `maria.alias@${fabrikam.tenant.initialDomain}`)
    const outcomes = await Promise.all([
      redemption.redeem(contoso.ctx, { ...request(person, ticket), invitedUserId: guestId }),
      redemption.redeem(contoso.ctx, { ...request(person, alias.ticket), invitedUserId: alias.guestId }),
    ])
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'wrongAccount'])
  })

  test('consent given for one guest is no consent for another', async () => {
    const { contoso, person, ticket } = await scene()
    const other = await inviteTo(contoso, 'somebody@else.example')
    const answer = await redemption.redeem(contoso.ctx, {
      ...request(person, ticket),
      invitedUserId: other.guestId,
    })
    expect(answer.outcome).toBe('unavailable')
    expect((await contoso.read(other.guestId))?.externalUserState).toBe('PendingAcceptance')
  })
})

describe('RED-10: whose address is it?', () => {
  test('an account that does not have it proves the mailbox by a code, and redeems with itself', async () => {
    const { contoso, person, ticket, guestId } = await scene('maria.private@mail.example')
    const stranger = await redemption.judge(contoso.ctx, request(person, ticket))
    expect(stranger).toEqual({
      outcome: 'wrongAccount',
      address: 'maria.private@mail.example',
      mayProve: true,
    })
    const asked = { ...request(person, ticket), invitedUserId: guestId }
    expect(await redemption.redeem(contoso.ctx, asked)).toEqual(stranger)
    expect((await contoso.read(guestId))?.externalUserState).toBe('PendingAcceptance')
    expect((await contoso.audits()).at(-1)).toMatchObject({
      activity: 'Redeem external user invite',
      result: 'failure',
    })
    const proved = { ...asked, provedAddresses: ['Maria.Private@mail.example'] }
    expect(await redemption.redeem(contoso.ctx, proved)).toEqual({ outcome: 'accepted' })
    expect((await contoso.read(guestId))?.identities[0]?.issuer).toBe('ExternalAzureAD')
  })

  test('a proxy address counts when the home tenant says so; its silence is no', async () => {
    const { contoso, fabrikam, maria } = await scene()
    // The mail becomes a proxy address when another takes its place.
    const alias = `maria.old@${fabrikam.tenant.initialDomain}`
    await updateUser(fabrikam.ctx, maria.id, { mail: alias })
    await updateUser(fabrikam.ctx, maria.id, { mail: `maria@${fabrikam.tenant.initialDomain}` })
    const { ticket } = await inviteTo(contoso, alias)
    const person = fabrikam.proven(maria)
    silent = true
    expect(await redemption.judge(contoso.ctx, request(person, ticket))).toMatchObject({
      outcome: 'wrongAccount',
    })
    silent = false
    expect(await redemption.judge(contoso.ctx, request(person, ticket))).toMatchObject({ outcome: 'accept' })
  })

  test('what a home tenant says of a domain that it has not verified counts for nothing', async () => {
    const { contoso, fabrikam } = await scene()
    const thief = await fabrikam.person('eve', { mail: 'ceo@bank.example' })
    const { ticket } = await inviteTo(contoso, 'ceo@bank.example')
    const judged = await redemption.judge(contoso.ctx, request(fabrikam.proven(thief), ticket))
    expect(judged).toEqual({ outcome: 'wrongAccount', address: 'ceo@bank.example', mayProve: true })
  })

  test('OTP-4: a code is worth nothing once passcodes are off', async () => {
    const { contoso, ticket, guestId } = await scene('anna@mail.example')
    const asked = { ...request(byCode('anna@mail.example'), ticket), invitedUserId: guestId }
    world.decide({ passcodesEnabled: false })
    expect(await redemption.redeem(contoso.ctx, asked)).toMatchObject({
      outcome: 'wrongAccount',
      mayProve: false,
    })
    world.decide({})
    expect(await redemption.redeem(contoso.ctx, asked)).toEqual({ outcome: 'accepted' })
    expect((await contoso.read(guestId))?.identities[0]).toMatchObject({
      issuer: 'mail',
      issuerAssignedId: 'anna@mail.example',
    })
  })
})

describe('policies at redemption', () => {
  test('RED-11: a domain that was blocked since fails here, and nothing is used up', async () => {
    const { contoso, ticket, guestId } = await scene('anna@later.example')
    const asked = { ...request(byCode('anna@later.example'), ticket), invitedUserId: guestId }
    world.blockedDomains.add('later.example')
    expect(await redemption.redeem(contoso.ctx, asked)).toEqual({ outcome: 'blocked', by: 'domainList' })
    world.blockedDomains.delete('later.example')
    expect(await redemption.redeem(contoso.ctx, asked)).toEqual({ outcome: 'accepted' })
  })

  test('INV-10: a guest who was blocked since', async () => {
    const { contoso, person, ticket, guestId } = await scene()
    await updateUser(contoso.ctx, guestId, { accountEnabled: false })
    expect(await redemption.judge(contoso.ctx, request(person, ticket))).toEqual({
      outcome: 'blocked',
      by: 'account',
    })
  })
})

describe('RED-3: direct links', () => {
  test('the user principal name, then the mail, leads to the pending guest', async () => {
    const { contoso, person, guestId } = await scene()
    const accept = { outcome: 'accept', invitedUserId: guestId }
    expect(await redemption.judge(contoso.ctx, request(person, null))).toMatchObject(accept)
    const asked = { ...request(person, null), invitedUserId: guestId }
    expect(await redemption.redeem(contoso.ctx, asked)).toEqual({ outcome: 'accepted' })
    // Sign-in knows the account from here on; nobody is pending any more.
    expect(await redemption.judge(contoso.ctx, request(person, null))).toEqual({ outcome: 'nobody' })
  })

  test('an address that an administrator added leads there too; a stranger leads nowhere', async () => {
    const { contoso, fabrikam, guestId } = await scene('maria.private@mail.example')
    const other = await fabrikam.person('marta')
    await updateUser(contoso.ctx, guestId, {
      otherMails: ['maria.private@mail.example', other.userPrincipalName],
    })
    const known = await redemption.judge(contoso.ctx, request(fabrikam.proven(other), null))
    expect(known).toMatchObject({ outcome: 'accept', invitedUserId: guestId })
    const stranger = await fabrikam.person('nobody')
    expect(await redemption.judge(contoso.ctx, request(fabrikam.proven(stranger), null))).toEqual({
      outcome: 'nobody',
    })
  })

  test('a mail of a domain that the home tenant has not verified leads to nobody’s account', async () => {
    const { contoso, fabrikam } = await scene('ceo@bank.example')
    const thief = await fabrikam.person('eve', { mail: 'ceo@bank.example' })
    const judged = await redemption.judge(contoso.ctx, request(fabrikam.proven(thief), null))
    expect(judged).toMatchObject({ outcome: 'wrongAccount', mayProve: true })
  })
})
