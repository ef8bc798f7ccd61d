import { describe, expect, test } from 'vitest'
import { readChanges } from '../directory/index.ts'
import { directoryRoleTemplates } from '../graph/index.ts'
import { body, invitedIdOf, testWorld, ticketOf } from './world.fixture.ts'

const world = testWorld()

describe('POST /invitations', () => {
  test('INV-1: makes the user before anybody accepts, answers 201 and leaves mail to nobody', async () => {
    const contoso = await world.organization()
    const answer = await contoso.asAdmin()('POST /invitations', { body: body('maria@fabrikam.example') })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({
      '@odata.context': 'https://graph.example/v1.0/$metadata#invitations/$entity',
      id: expect.any(String),
      inviteRedeemUrl: expect.stringContaining('https://login.xenia.test/redeem?rd='),
      invitedUserDisplayName: null,
      invitedUserType: 'Guest',
      invitedUserEmailAddress: 'maria@fabrikam.example',
      sendInvitationMessage: false,
      resetRedemption: false,
      inviteRedirectUrl: 'https://app.contoso.com/welcome',
      status: 'PendingAcceptance',
      invitedUserMessageInfo: { ccRecipients: [], customizedMessageBody: null, messageLanguage: null },
      invitedUser: { id: expect.any(String) },
    })
    expect(answer.headers['location']).toBe(
      `https://graph.example/v1.0/invitations/${String(answer.json.id)}`,
    )
    const guest = await contoso.read(invitedIdOf(answer.json))
    expect(guest).toMatchObject({
      displayName: 'maria',
      userType: 'Guest',
      creationType: 'Invitation',
      externalUserState: 'PendingAcceptance',
      mail: 'maria@fabrikam.example',
      proxyAddresses: ['SMTP:maria@fabrikam.example'],
    })
    expect(await contoso.outbox()).toEqual([])
  })

  test('the audit log and the feed hold it once, under the words of the specification', async () => {
    const contoso = await world.organization()
    const answer = await contoso.asAdmin()('POST /invitations', { body: body('maria@fabrikam.example') })
    const guestId = invitedIdOf(answer.json)
    expect(await contoso.audits()).toEqual([
      {
        activity: 'Invite external user',
        result: 'success',
        service: 'Invited Users',
        target: guestId,
        initiator: contoso.admin.id,
      },
    ])
    const feed = await contoso.ctx.db.transaction((tx) => readChanges(tx, 0, 100))
    expect(feed.map(({ objectType, change, objectId }) => [objectType, change, objectId])).toEqual([
      ['user', 'created', contoso.admin.id],
      ['user', 'created', guestId],
      ['user', 'updated', guestId],
      ['invitation', 'created', answer.json.id],
    ])
  })

  test('INV-12, 14: mail goes out in the same transaction when it is asked for, with the link in it', async () => {
    const contoso = await world.organization()
    const answer = await contoso.asAdmin()('POST /invitations', {
      body: body('maria@fabrikam.example', {
        sendInvitationMessage: true,
        invitedUserDisplayName: 'Maria',
        invitedUserMessageInfo: {
          customizedMessageBody: 'Hola <b>Maria</b>',
          messageLanguage: 'de-AT',
          ccRecipients: [{ emailAddress: { address: 'boss@fabrikam.example' } }],
        },
      }),
    })
    expect(answer.status).toBe(201)
    const [mail, ...more] = await contoso.outbox()
    expect(more).toEqual([])
    expect(mail).toMatchObject({
      kind: 'invitation',
      to: [{ address: 'maria@fabrikam.example' }],
      cc: [{ address: 'boss@fabrikam.example' }],
      subject: expect.stringContaining('ada'),
    })
    expect(mail?.text).toContain(String(answer.json['inviteRedeemUrl']))
    expect(mail?.text).toContain('Einladung')
    expect(mail?.html).toContain('Hola &lt;b>Maria')
    expect(mail?.html).not.toContain('<b>Maria')
    expect(mail?.text).toContain(`/${contoso.tenant.id}/invitation-senders?address=maria%40fabrikam.example`)
  })

  test('INV-14: without any other wish the mail speaks the language of the home tenant', async () => {
    const [contoso, fabrikam] = [await world.organization(), await world.organization()]
    await fabrikam.ctx.db.transaction((tx) =>
      import('kysely').then(({ sql }) =>
        sql`insert into organizations (tenant_id, preferred_language) values (${fabrikam.tenant.id}, 'de-DE')
            on conflict (tenant_id) do update set preferred_language = 'de-DE'`.execute(tx),
      ),
    )
    await contoso.asAdmin()('POST /invitations', {
      body: body(`maria@${fabrikam.tenant.initialDomain}`, { sendInvitationMessage: true }),
    })
    expect((await contoso.outbox())[0]?.text).toContain('Einladung')
  })

  test('INV-13: a text that nobody answers for is left out, and the answer says so', async () => {
    const contoso = await world.organization()
    const answer = await contoso.asApplication(['User.Invite.All'])('POST /invitations', {
      body: body('maria@fabrikam.example', {
        sendInvitationMessage: true,
        invitedUserMessageInfo: { customizedMessageBody: 'Click here' },
      }),
    })
    expect(answer.status).toBe(201)
    expect(answer.headers['warning']).toBe(
      '199 - "The custom message was left out: the inviter is an application."',
    )
    expect((await contoso.outbox())[0]?.text).not.toContain('Click here')
  })

  test('INV-8: a pending guest is the same user with a fresh ticket; the older ticket works on', async () => {
    const contoso = await world.organization()
    const send = contoso.asAdmin()
    const first = await send('POST /invitations', { body: body('maria@fabrikam.example') })
    const second = await send('POST /invitations', { body: body('MARIA@Fabrikam.example') })
    expect(second.status).toBe(201)
    expect(second.json['invitedUser']?.id).toBe(first.json['invitedUser']?.id)
    expect(second.json.id).not.toBe(first.json.id)
    for (const { json } of [first, second]) {
      const opened = await world.redemption.openTicket(contoso.ctx, ticketOf(world, json['inviteRedeemUrl']))
      expect(opened).toMatchObject({ outcome: 'open', invitedUserId: first.json['invitedUser']?.id })
    }
  })

  test('USR-4: twenty invitations of one address at once make one guest', async () => {
    const contoso = await world.organization()
    const send = contoso.asAdmin()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send('POST /invitations', { body: body('maria@fabrikam.example') })),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
    expect(new Set(answers.map(({ json }) => json['invitedUser']?.id)).size).toBe(1)
    expect(await contoso.count('users')).toBe(2)
    expect(await contoso.count('invitations')).toBe(20)
  })

  test('SPO-2: the inviter is the sponsor; an application leaves none; named ones take the place', async () => {
    const contoso = await world.organization()
    const boss = await contoso.person('boss')
    const one = await contoso.asAdmin()('POST /invitations', { body: body('one@fabrikam.example') })
    const two = await contoso.asApplication(['User.Invite.All'])('POST /invitations', {
      body: body('two@fabrikam.example'),
    })
    const three = await contoso.asAdmin()('POST /invitations', {
      body: body('three@fabrikam.example', {
        invitedUserSponsors: [{ '@odata.type': '#microsoft.graph.user', id: boss.id }],
      }),
    })
    const four = await contoso.asAdmin()('POST /invitations', {
      body: body('four@fabrikam.example', {
        'invitedUserSponsors@odata.bind': [`https://graph.microsoft.com/v1.0/users/${boss.id}`],
      }),
    })
    const { listSponsors } = await import('../directory/index.ts')
    const sponsors = await contoso.ctx.db.transaction(async (tx) => {
      const lists = []
      for (const { json } of [one, two, three, four]) {
        lists.push((await listSponsors(tx, invitedIdOf(json))).map(({ id }) => id))
      }
      return lists
    })
    expect(sponsors).toEqual([[contoso.admin.id], [], [boss.id], [boss.id]])
  })
})

describe('POST /invitations refuses', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['INV-4: no landing address', { inviteRedirectUrl: undefined }, 'inviteRedirectUrl is required'],
    ['INV-4: a landing address without TLS', { inviteRedirectUrl: 'http://app.contoso.com' }, 'https'],
    ['INV-4: a script as landing address', { inviteRedirectUrl: 'javascript:alert(1)' }, 'https'],
    ['INV-3: no address', { invitedUserEmailAddress: undefined }, 'invitedUserEmailAddress is required'],
    ['INV-3: a plus', { invitedUserEmailAddress: 'a+b@fabrikam.example' }, "'+' is not allowed"],
    ['INV-3: letters beyond ASCII', { invitedUserEmailAddress: 'mäx@fabrikam.example' }, 'ASCII'],
    ['INV-3: a domain beyond ASCII', { invitedUserEmailAddress: 'max@fäbrikam.example' }, 'ASCII'],
    ['INV-3: an over-long address', { invitedUserEmailAddress: `${'a'.repeat(250)}@b.example` }, 'longer'],
    [
      'INV-15: two copies',
      {
        invitedUserMessageInfo: {
          ccRecipients: [1, 2].map((n) => ({ emailAddress: { address: `c${n}@b.example` } })),
        },
      },
      'at most one',
    ],
    ['RST-1: a reset of nobody', { resetRedemption: true }, 'invitedUser.id'],
    ['a user type that is none', { invitedUserType: 'Owner' }, 'invitedUserType'],
    ['an unknown property', { invitedUserNickname: 'x' }, 'invitedUserNickname'],
    ['a property of the wrong type', { sendInvitationMessage: 'yes' }, 'sendInvitationMessage'],
    ['a read-only property', { status: 'Completed' }, 'status'],
    [
      'SPO-1: six sponsors',
      {
        invitedUserSponsors: Array.from({ length: 6 }, (_, n) => ({
          id: `00000000-0000-4000-8000-00000000000${n}`,
        })),
      },
      'at most 5',
    ],
    [
      'a message language that is none',
      { invitedUserMessageInfo: { messageLanguage: 'Klingon!' } },
      'messageLanguage',
    ],
  ]
  test.each(cases)('%s', async (_name, wrong, words) => {
    const contoso = await world.organization()
    const answer = await contoso.asAdmin()('POST /invitations', {
      body: body('maria@fabrikam.example', wrong),
    })
    expect(answer.status).toBe(400)
    expect(answer.json.error).toMatchObject({ code: 'BadRequest', message: expect.stringContaining(words) })
    expect([await contoso.count('users'), await contoso.count('invitations')]).toEqual([1, 0])
  })

  test('malformed JSON, no body, and a body that is no object', async () => {
    const contoso = await world.organization()
    for (const wrong of [[], 'text', 5]) {
      const answer = await contoso.asAdmin()('POST /invitations', { body: wrong })
      expect([answer.status, answer.json.error.code]).toEqual([400, 'BadRequest'])
    }
    const empty = await contoso.asAdmin()('POST /invitations')
    expect([empty.status, empty.json.error.code]).toEqual([400, 'BadRequest'])
  })

  test('without the permission, whatever the role', async () => {
    const contoso = await world.organization()
    const answer = await contoso.asAdmin(['User.Read.All'])('POST /invitations', {
      body: body('a@b.example'),
    })
    expect([answer.status, answer.json.error.code]).toEqual([403, 'Authorization_RequestDenied'])
  })

  test('GIR-2, GIR-3, INV-7: whom the policy does not let invite', async () => {
    const contoso = await world.organization()
    const send = (client: ReturnType<typeof contoso.asAdmin>) =>
      client('POST /invitations', { body: body('maria@fabrikam.example') })
    world.decide({ allowInvitesFrom: 'none' })
    const nobody = await send(contoso.asAdmin())
    world.decide({ allowInvitesFrom: 'adminsAndGuestInviters' })
    const app = await send(contoso.asApplication(['User.Invite.All', 'User.ReadWrite.All']))
    const member = await send(contoso.as(await contoso.person('mem')))
    const inviter = await send(
      contoso.as(await contoso.person('inv'), ['User.Invite.All'], [directoryRoleTemplates.guestInviter]),
    )
    world.decide({})
    for (const refused of [nobody, app, member]) {
      expect([refused.status, refused.json.error.code]).toEqual([403, 'Authorization_RequestDenied'])
      expect(refused.json.error['message']).toContain('Guest invitations not allowed for your company')
    }
    expect(inviter.status).toBe(201)
  })

  test('INV-5: a member type from a Guest Inviter', async () => {
    const contoso = await world.organization()
    const client = contoso.as(contoso.admin, ['User.Invite.All'], [directoryRoleTemplates.guestInviter])
    const answer = await client('POST /invitations', {
      body: body('maria@fabrikam.example', { invitedUserType: 'Member' }),
    })
    expect([answer.status, answer.json.error.code]).toEqual([403, 'Authorization_RequestDenied'])
    const allowed = await contoso.asAdmin()('POST /invitations', {
      body: body('maria@fabrikam.example', { invitedUserType: 'Member' }),
    })
    expect([allowed.status, allowed.json['invitedUserType']]).toEqual([201, 'Member'])
  })

  test('COL-10: a domain on the list', async () => {
    const contoso = await world.organization()
    world.blockedDomains.add('blocked.example')
    const answer = await contoso.asAdmin()('POST /invitations', { body: body('maria@blocked.example') })
    expect([answer.status, answer.json.error.code]).toEqual([400, 'BadRequest'])
    expect(answer.json.error['message']).toContain('collaboration restrictions')
  })

  test('INV-9: an address of ours, with a user (named in the answer) and without', async () => {
    const contoso = await world.organization()
    const user = await contoso.person('bela')
    const send = contoso.asAdmin()
    const known = await send('POST /invitations', { body: body(`bela@${contoso.tenant.initialDomain}`) })
    const unknown = await send('POST /invitations', { body: body(`nobody@${contoso.tenant.initialDomain}`) })
    expect([known.status, unknown.status]).toEqual([400, 400])
    expect(known.json.error['message']).toContain(user.id)
    expect(unknown.json.error['message']).toContain('Create a user instead')
  })

  test('INV-10: a guest who is blocked', async () => {
    const contoso = await world.organization()
    const first = await contoso.asAdmin()('POST /invitations', { body: body('maria@fabrikam.example') })
    const { updateUser } = await import('../directory/index.ts')
    await updateUser(contoso.ctx, invitedIdOf(first.json), { accountEnabled: false })
    const answer = await contoso.asAdmin()('POST /invitations', { body: body('maria@fabrikam.example') })
    expect([answer.status, answer.json.error.code]).toEqual([412, 'PreconditionFailed'])
    expect(await contoso.count('invitations')).toBe(1)
  })

  test('GRA-12: ids of another tenant, as guest and as sponsor, are not there', async () => {
    const [contoso, other] = [await world.organization(), await world.organization()]
    for (const wrong of [
      { invitedUser: { id: other.admin.id } },
      { invitedUser: { id: other.admin.id }, resetRedemption: true },
      { invitedUserSponsors: [{ id: other.admin.id }] },
    ]) {
      const answer = await contoso.asAdmin()('POST /invitations', {
        body: body('maria@fabrikam.example', wrong),
      })
      expect([answer.status, answer.json.error.code]).toEqual([404, 'Request_ResourceNotFound'])
    }
    expect([await contoso.count('users'), await contoso.count('invitations')]).toEqual([1, 0])
  })

  test('INV-17: reading, changing or deleting an invitation in Graph', async () => {
    const contoso = await world.organization()
    const { json } = await contoso.asAdmin()('POST /invitations', { body: body('maria@fabrikam.example') })
    const asked = [
      'GET /invitations',
      `GET /invitations/${json.id}`,
      `PATCH /invitations/${json.id}`,
      `DELETE /invitations/${json.id}`,
    ] as const
    for (const request of asked) {
      const answer = await contoso.asAdmin()(request as `GET ${string}`)
      expect([request, answer.status]).toEqual([request, 405])
    }
  })
})
