import { describe, expect, test } from 'vitest'
import { rowsOf } from '../../test/kit/directory-graph.ts'
import { updateUser } from '../directory/index.ts'
import { directoryRoleTemplates } from '../graph/index.ts'
import { body, invitedIdOf, type Organization, testWorld, ticketOf } from './world.fixture.ts'

const world = testWorld()
const DAY = 86_400_000

const inviteTo = async (contoso: Organization, address: string, more = {}) => {
  const { json } = await contoso.asAdmin()('POST /invitations', { body: body(address, more) })
  return { id: String(json.id), guestId: invitedIdOf(json), ticket: ticketOf(world, json['inviteRedeemUrl']) }
}

const outcomeOf = async (contoso: Organization, ticket: string) =>
  (await world.redemption.openTicket(contoso.ctx, ticket)).outcome

const passcodePerson = (address: string) =>
  ({ kind: 'passcode', address, signedInAt: world.deployment.clock.now() }) as const

describe('GET /ext/v1.0/invitations', () => {
  test('INV-17: newest first, by pages, filtered by status; links are in none of them', async () => {
    const contoso = await world.organization()
    const made = []
    for (const name of ['a', 'b', 'c']) {
      made.push(await inviteTo(contoso, `${name}@fabrikam.example`))
      world.deployment.clock.advance(1000)
    }
    const [a, b, c] = made
    await contoso.asAdmin()(`POST /ext/v1.0/invitations/${b?.id}/revoke`)
    const first = await contoso.asAdmin()('GET /ext/v1.0/invitations?$top=2')
    expect(rowsOf(first).map((row) => row['id'])).toEqual([c?.id, b?.id])
    const next = String(first.json['@odata.nextLink']).replace('https://graph.example', '')
    const second = await contoso.asAdmin()(`GET ${next}`)
    expect(rowsOf(second).map((row) => row['id'])).toEqual([a?.id])
    expect(rowsOf(second)[0]).toEqual({
      id: a?.id,
      invitedUserEmailAddress: 'a@fabrikam.example',
      invitedUserId: a?.guestId,
      status: 'PendingAcceptance',
      state: 'pendingAcceptance',
      purpose: 'newGuest',
      inviteRedirectUrl: 'https://app.contoso.com/welcome',
      invitedDateTime: expect.any(String),
      expirationDateTime: null,
      endedDateTime: null,
      lastSentDateTime: null,
      inviterId: contoso.admin.id,
      inviterDisplayName: 'ada',
    })
    expect(JSON.stringify([first.json, second.json])).not.toContain('ticket')
    const pending = await contoso.asAdmin()("GET /ext/v1.0/invitations?$filter=status eq 'PendingAcceptance'")
    expect(rowsOf(pending).map((row) => row['id'])).toEqual([c?.id, a?.id])
    const revoked = await contoso.asAdmin()("GET /ext/v1.0/invitations?$filter=state eq 'revoked'&$select=id")
    expect(rowsOf(revoked)).toEqual([{ id: b?.id }])
  })

  test('INV-11: what has expired is shown so from the moment on', async () => {
    world.decide({ invitationLifetimeDays: 7 })
    const contoso = await world.organization()
    const { id } = await inviteTo(contoso, 'a@fabrikam.example')
    world.decide({})
    const read = async () => (await contoso.asAdmin()(`GET /ext/v1.0/invitations/${id}`)).json
    expect(await read()).toMatchObject({ state: 'pendingAcceptance', endedDateTime: null })
    world.deployment.clock.advance(7 * DAY)
    const over = await read()
    expect(over).toMatchObject({ state: 'expired', status: 'Error' })
    expect(over['endedDateTime']).toEqual(over['expirationDateTime'])
  })

  test('GRA-12: another tenant sees none of them, in any position', async () => {
    const [contoso, other] = [await world.organization(), await world.organization()]
    const { id, ticket } = await inviteTo(contoso, 'a@fabrikam.example')
    expect(rowsOf(await other.asAdmin()('GET /ext/v1.0/invitations'))).toEqual([])
    for (const request of [
      `GET /ext/v1.0/invitations/${id}`,
      `POST /ext/v1.0/invitations/${id}/resend`,
      `POST /ext/v1.0/invitations/${id}/revoke`,
      'GET /ext/v1.0/invitations/nonsense',
      'POST /ext/v1.0/invitations/nonsense/resend',
      'POST /ext/v1.0/invitations/nonsense/revoke',
    ] as const) {
      const answer = await other.asAdmin()(request)
      expect([request, answer.status]).toEqual([request, 404])
    }
    expect(await outcomeOf(contoso, ticket)).toBe('open')
  })

  test('a member without a role reads nobody’s invitations', async () => {
    const contoso = await world.organization()
    const { id } = await inviteTo(contoso, 'a@fabrikam.example')
    const member = contoso.as(await contoso.person('mem'), ['User.Read.All', 'User.Invite.All'])
    expect((await member('GET /ext/v1.0/invitations')).status).toBe(403)
    expect((await member(`GET /ext/v1.0/invitations/${id}`)).status).toBe(403)
    expect((await contoso.asAdmin(['User.Invite.All'])('GET /ext/v1.0/invitations')).status).toBe(403)
  })
})

describe('resending', () => {
  test('INV-18: a fresh ticket and its mail; the older ticket works on', async () => {
    const contoso = await world.organization()
    const { id, guestId, ticket } = await inviteTo(contoso, 'a@fabrikam.example', {
      sendInvitationMessage: true,
      invitedUserMessageInfo: { customizedMessageBody: 'Welcome aboard' },
    })
    const answer = await contoso.asAdmin()(`POST /ext/v1.0/invitations/${id}/resend`)
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ id, status: 'PendingAcceptance', invitedUser: { id: guestId } })
    const fresh = ticketOf(world, answer.json['inviteRedeemUrl'])
    expect(fresh).not.toBe(ticket)
    expect(await outcomeOf(contoso, fresh)).toBe('open')
    expect(await outcomeOf(contoso, ticket)).toBe('open')
    const mails = await contoso.outbox()
    expect(mails).toHaveLength(2)
    expect(mails.every(({ text }) => text.includes('Welcome aboard'))).toBe(true)
    expect(mails.some(({ text }) => text.includes(String(answer.json['inviteRedeemUrl'])))).toBe(true)
  })

  test('another person’s resending does not put the first one’s words into their mouth', async () => {
    const contoso = await world.organization()
    const { id } = await inviteTo(contoso, 'a@fabrikam.example', {
      sendInvitationMessage: true,
      invitedUserMessageInfo: { customizedMessageBody: 'Welcome aboard' },
    })
    const bela = contoso.as(await contoso.person('bela'))
    expect((await bela(`POST /ext/v1.0/invitations/${id}/resend`)).status).toBe(200)
    const again = (await contoso.outbox()).find(({ subject }) => subject.includes('bela'))
    expect(again?.text).not.toContain('Welcome aboard')
  })

  test('INV-11: an expired invitation comes back to life, with a full lifetime', async () => {
    world.decide({ invitationLifetimeDays: 7 })
    const contoso = await world.organization()
    const { id, ticket } = await inviteTo(contoso, 'a@fabrikam.example')
    world.deployment.clock.advance(8 * DAY)
    expect(await outcomeOf(contoso, ticket)).toBe('expired')
    const answer = await contoso.asAdmin()(`POST /ext/v1.0/invitations/${id}/resend`, {
      body: { sendInvitationMessage: false },
    })
    world.decide({})
    expect(await outcomeOf(contoso, ticketOf(world, answer.json['inviteRedeemUrl']))).toBe('open')
    // INV-8: each ticket keeps its own end.
    expect(await outcomeOf(contoso, ticket)).toBe('expired')
    expect(await contoso.outbox()).toEqual([])
  })

  test('INV-18: not once accepted, revoked or deleted', async () => {
    const contoso = await world.organization()
    const accepted = await inviteTo(contoso, 'a@mail.example')
    await world.redemption.redeem(contoso.ctx, {
      person: passcodePerson('a@mail.example'),
      ticket: accepted.ticket,
      provedAddresses: [],
      invitedUserId: accepted.guestId,
    })
    const revoked = await inviteTo(contoso, 'b@mail.example')
    await contoso.asAdmin()(`POST /ext/v1.0/invitations/${revoked.id}/revoke`)
    for (const { id } of [accepted, revoked]) {
      for (const action of ['resend', 'revoke']) {
        const answer = await contoso.asAdmin()(`POST /ext/v1.0/invitations/${id}/${action}`)
        expect([answer.status, answer.json.error.code]).toEqual([409, 'Conflict'])
      }
    }
  })

  test('GIR-2, COL-10: what the policies refuse when inviting they refuse here', async () => {
    const contoso = await world.organization()
    const { id } = await inviteTo(contoso, 'a@resent.example')
    world.decide({ allowInvitesFrom: 'none' })
    expect((await contoso.asAdmin()(`POST /ext/v1.0/invitations/${id}/resend`)).status).toBe(403)
    world.decide({})
    world.blockedDomains.add('resent.example')
    expect((await contoso.asAdmin()(`POST /ext/v1.0/invitations/${id}/resend`)).status).toBe(400)
  })
})

describe('revoking', () => {
  test('INV-17: the ticket stops working, the user stays pending, and it is on record', async () => {
    const contoso = await world.organization()
    const { id, ticket, guestId } = await inviteTo(contoso, 'a@fabrikam.example')
    expect((await contoso.asAdmin()(`POST /ext/v1.0/invitations/${id}/revoke`)).status).toBe(204)
    expect(await outcomeOf(contoso, ticket)).toBe('unknown')
    expect((await contoso.read(guestId))?.externalUserState).toBe('PendingAcceptance')
    expect((await contoso.audits()).at(-1)).toMatchObject({ activity: 'Revoke invitation', target: guestId })
  })

  test('the inviter and the roles that may invite, no other member', async () => {
    const contoso = await world.organization()
    const [bela, cleo] = [await contoso.person('bela'), await contoso.person('cleo')]
    const { json } = await contoso.as(bela)('POST /invitations', { body: body('a@fabrikam.example') })
    const revoke = `POST /ext/v1.0/invitations/${json.id}/revoke` as const
    expect((await contoso.as(cleo)(revoke)).status).toBe(403)
    expect((await contoso.as(bela)(revoke)).status).toBe(204)
  })
})

describe('reset of a redemption', () => {
  async function accepted() {
    const contoso = await world.organization()
    const address = 'maria@mail.example'
    const first = await inviteTo(contoso, address)
    const redeemed = await world.redemption.redeem(contoso.ctx, {
      person: passcodePerson(address),
      ticket: first.ticket,
      provedAddresses: [],
      invitedUserId: first.guestId,
    })
    expect(redeemed.outcome).toBe('accepted')
    return { contoso, address, first, ask: { resetRedemption: true, invitedUser: { id: first.guestId } } }
  }

  test('RST-2: keeps the object, clears the identity, and only the new link works', async () => {
    const { contoso, address, first, ask } = await accepted()
    const before = await contoso.read(first.guestId)
    world.deployment.clock.advance(5000)
    const answer = await contoso.asAdmin()('POST /invitations', { body: body(address, ask) })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      status: 'PendingAcceptance',
      resetRedemption: true,
      invitedUser: { id: first.guestId },
    })
    const after = await contoso.read(first.guestId)
    expect(after).toMatchObject({
      externalUserState: 'PendingAcceptance',
      userPrincipalName: before?.userPrincipalName,
    })
    expect(after?.identities.some(({ issuer }) => issuer === 'mail')).toBe(false)
    expect(Number(after?.signInSessionsValidFromDateTime)).toBeGreaterThan(
      Number(before?.signInSessionsValidFromDateTime),
    )
    expect(await outcomeOf(contoso, first.ticket)).toBe('unknown')
    expect(await outcomeOf(contoso, ticketOf(world, answer.json['inviteRedeemUrl']))).toBe('open')
    expect((await contoso.audits()).at(-1)?.activity).toBe(
      'Invite external user with reset invitation status',
    )
  })

  test('RST-3: a new address must be the user’s already', async () => {
    const { contoso, first, ask } = await accepted()
    const moved = body('maria@new.example', ask)
    const refused = await contoso.asAdmin()('POST /invitations', { body: moved })
    expect([refused.status, refused.json.error.code]).toEqual([400, 'BadRequest'])
    await updateUser(contoso.ctx, first.guestId, { otherMails: ['maria@mail.example', 'maria@new.example'] })
    const allowed = await contoso.asAdmin()('POST /invitations', { body: moved })
    expect(allowed.status).toBe(201)
    const redeemed = await world.redemption.redeem(contoso.ctx, {
      person: passcodePerson('maria@new.example'),
      ticket: ticketOf(world, allowed.json['inviteRedeemUrl']),
      provedAddresses: [],
      invitedUserId: first.guestId,
    })
    expect(redeemed.outcome).toBe('accepted')
  })

  test('RST-4: needs User.ReadWrite.All and a role that may; an application cannot reset an administrator', async () => {
    const { contoso, address, first, ask } = await accepted()
    const reset = { body: body(address, ask) }
    const scope = await contoso.asAdmin(['User.Invite.All'])('POST /invitations', reset)
    const inviter = contoso.as(
      contoso.admin,
      ['User.Invite.All', 'User.ReadWrite.All'],
      [directoryRoleTemplates.guestInviter],
    )
    const role = await inviter('POST /invitations', reset)
    expect([scope.status, role.status]).toEqual([403, 403])
    const { assignRole } = await import('../directory/index.ts')
    await contoso.ctx.db.transaction((tx) =>
      assignRole(contoso.ctx, tx, directoryRoleTemplates.guestInviter, first.guestId),
    )
    const app = contoso.asApplication(['User.ReadWrite.All'])
    expect((await app('POST /invitations', reset)).status).toBe(403)
    expect((await contoso.asAdmin()('POST /invitations', reset)).status).toBe(201)
  })

  test('RST-5: a user who was never invited', async () => {
    const contoso = await world.organization()
    const bela = await contoso.person('bela', { mail: 'bela@mail.example' })
    const answer = await contoso.asAdmin()('POST /invitations', {
      body: body('bela@mail.example', { resetRedemption: true, invitedUser: { id: bela.id } }),
    })
    expect([answer.status, answer.json.error.code]).toEqual([400, 'BadRequest'])
  })
})

describe('conversion of an internal user', () => {
  const convert = (contoso: Organization, id: string, address: string) =>
    contoso.asAdmin()('POST /invitations', { body: body(address, { invitedUser: { id } }) })

  test('CNV-1: keeps the object and takes effect at redemption', async () => {
    const contoso = await world.organization()
    const bela = await contoso.person('bela', { mail: 'bela@mail.example' })
    const answer = await convert(contoso, bela.id, 'bela@mail.example')
    expect(answer.status).toBe(201)
    expect(invitedIdOf(answer.json)).toBe(bela.id)
    expect(await contoso.read(bela.id)).toMatchObject({
      externalUserState: 'PendingAcceptance',
      userType: 'Member',
      identities: bela.identities,
    })
    expect((await contoso.audits()).at(-1)?.activity).toBe('Invite internal user to B2B collaboration')
    await world.redemption.redeem(contoso.ctx, {
      person: passcodePerson('bela@mail.example'),
      ticket: ticketOf(world, answer.json['inviteRedeemUrl']),
      provedAddresses: [],
      invitedUserId: bela.id,
    })
    const { findPassword, isExternal } = await import('../directory/index.ts')
    const converted = await contoso.read(bela.id)
    expect(converted === null ? null : isExternal(converted)).toBe(true)
    expect(converted).toMatchObject({ userType: 'Member', userPrincipalName: bela.userPrincipalName })
    // CNV-3
    expect(await contoso.ctx.db.transaction((tx) => findPassword(tx, bela.id))).toBeNull()
  })

  test('CNV-1: the address must be the user’s mail', async () => {
    const contoso = await world.organization()
    const bela = await contoso.person('bela', { mail: 'bela@mail.example' })
    const answer = await convert(contoso, bela.id, 'bela@other.example')
    expect([answer.status, answer.json.error.code]).toEqual([400, 'BadRequest'])
  })

  test('INV-17: revoking the offer leaves the user as before', async () => {
    const contoso = await world.organization()
    const bela = await contoso.person('bela', { mail: 'bela@mail.example' })
    const { json } = await convert(contoso, bela.id, 'bela@mail.example')
    await contoso.asAdmin()(`POST /ext/v1.0/invitations/${json.id}/revoke`)
    expect(await contoso.read(bela.id)).toEqual(bela)
  })
})
