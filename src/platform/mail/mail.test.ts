import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { testDeployment } from '../../../test/kit/deployment.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { createKeyring, developmentMasterKey, parseMasterKey } from '../crypto/keyring.ts'
import { Invalid } from '../errors.ts'
import { createJobRunner, listDeadLetters, retryDeadLetter } from '../jobs/index.ts'
import { createMailer, type Mail } from './index.ts'
import { deadPort, scriptedServer } from './smtp.fixture.ts'
import * as store from './store.ts'

const database = testDatabase()
const keyring = createKeyring(parseMasterKey(developmentMasterKey))

const HOUR = 3_600_000

const invitation: Mail = {
  kind: 'invitation',
  to: [{ address: 'maria@fabrikam.example', name: 'María "M" Müller' }],
  fromName: 'Contoso',
  subject: 'Contoso invited you',
  html: '<p>Come in: <a href="https://x.example/redeem?ticket=s3cr3t-ticket">accept</a></p>',
  text: 'Come in: https://x.example/redeem?ticket=s3cr3t-ticket',
}

/** A tenant, a mailer that sends to `url`, and two runners that may deliver. */
async function scene(url: string, tenant?: TestTenant) {
  const ctx = tenant ?? (await makeTenant(database))
  const counts: string[] = []
  const mailer = createMailer({
    keyring,
    smtpUrl: url,
    fromAddress: 'invitations@contoso.example',
    metrics: { countMail: (outcome) => void counts.push(outcome) },
  })
  const newRunner = () => {
    const runner = createJobRunner({
      deployment: { ...testDeployment(database), clock: ctx.clock, keyring },
      connection: inject('database'),
      jobs: mailer.jobs,
    })
    onTestFinished(() => runner.stop())
    return runner
  }
  onTestFinished(() => mailer.close())
  const runner = newRunner()
  return {
    ctx,
    mailer,
    counts,
    newRunner,
    queue: (mail: Partial<Mail> = {}) =>
      ctx.db.transaction((tx) => mailer.queue(tx, ctx, { ...invitation, ...mail })),
    deliver: () => runner.runPending(ctx),
    outbox: () => ctx.db.transaction((tx) => mailer.list(tx)),
    wholeRows: async () => {
      const { rows } = await ctx.db.transaction((tx) =>
        sql`select to_jsonb(m) as row from outbox_messages m`.execute(tx),
      )
      return JSON.stringify(rows)
    },
  }
}

describe('a mail', () => {
  test('arrives as HTML and text, with the headers of a machine’s mail', async () => {
    const server = await scriptedServer()
    const { ctx, queue, deliver, counts } = await scene(server.url)
    const id = await queue({
      cc: [{ address: 'boss@fabrikam.example' }],
      replyTo: { address: 'anna@contoso.example', name: 'Anna' },
      language: 'de-DE',
      headers: { 'List-Unsubscribe': '<https://x.example/stop>', 'X-Xenia-Kind': 'invitation' },
    })
    expect(await deliver()).toEqual({ succeeded: 1, failed: 0 })

    const [mail] = server.received
    expect(mail?.from?.value).toEqual([{ address: 'invitations@contoso.example', name: 'Contoso' }])
    expect(mail?.to).toMatchObject({ value: invitation.to })
    expect(mail?.cc).toMatchObject({ value: [{ address: 'boss@fabrikam.example' }] })
    expect(mail?.replyTo?.value).toEqual([{ address: 'anna@contoso.example', name: 'Anna' }])
    expect(mail).toMatchObject({ subject: invitation.subject, html: invitation.html, text: invitation.text })
    expect(mail?.messageId).toBe(`<${id}@contoso.example>`)
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail?.headers.get('content-language')).toBe('de-DE')
    expect(mail?.headers.get('x-xenia-kind')).toBe('invitation')
    expect(mail?.headers.get('list')).toMatchObject({ unsubscribe: { url: 'https://x.example/stop' } })
    expect(Math.abs((mail?.date?.getTime() ?? 0) - ctx.clock.now().getTime())).toBeLessThan(60_000)
    expect(counts).toEqual(['sent'])
  })

  test('is not sent when the transaction that queues it is rolled back', async () => {
    const server = await scriptedServer()
    const { ctx, mailer, deliver, outbox } = await scene(server.url)
    const work = ctx.db.transaction(async (tx) => {
      await mailer.queue(tx, ctx, invitation)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await deliver()).toEqual({ succeeded: 0, failed: 0 })
    expect(server.received).toEqual([])
    expect(await outbox()).toEqual([])
  })

  test('is encrypted while it waits, and its body is forgotten once it is sent', async () => {
    const server = await scriptedServer()
    const { queue, deliver, outbox, wholeRows } = await scene(server.url)
    await queue()
    expect(await wholeRows()).toContain('"sealed_body":"x1.')
    expect(await wholeRows()).not.toContain('s3cr3t-ticket')
    await deliver()
    expect(server.received[0]?.text).toContain('s3cr3t-ticket')
    expect(await wholeRows()).toContain('"sealed_body":null')
    expect(await outbox()).toMatchObject([
      { state: 'sent', subject: invitation.subject, to: invitation.to, attempts: 1, refusedAddresses: [] },
    ])
  })

  test('that would be outdated is not sent, and its body is forgotten', async () => {
    const server = await scriptedServer()
    const { ctx, queue, deliver, outbox, wholeRows } = await scene(server.url)
    await queue({ kind: 'passcode', usefulUntil: new Date(ctx.clock.now().getTime() + HOUR) })
    ctx.clock.advance(HOUR)
    expect(await deliver()).toEqual({ succeeded: 1, failed: 0 })
    expect(server.received).toEqual([])
    expect(await outbox()).toMatchObject([{ state: 'failed', failure: 'outdated' }])
    expect(await wholeRows()).toContain('"sealed_body":null')
  })

  test('is seen and delivered by its own tenant only', async () => {
    const server = await scriptedServer()
    const { queue, mailer, outbox } = await scene(server.url)
    const stranger = await scene(server.url)
    const id = await queue()
    expect(await stranger.outbox()).toEqual([])
    expect(await stranger.ctx.db.transaction((tx) => mailer.find(tx, id))).toBeNull()
    const claimed = await stranger.ctx.db.transaction((tx) =>
      store.claim(tx, id, stranger.ctx.clock.now(), stranger.ctx.clock.now()),
    )
    expect(claimed).toBeNull()
    expect(await stranger.deliver()).toEqual({ succeeded: 0, failed: 0 })
    expect(await outbox()).toMatchObject([{ id, state: 'pending', attempts: 0 }])
  })
})

describe('delivery', () => {
  test('is tried again when nobody listens, and the mail keeps its Message-ID', async () => {
    const port = await deadPort()
    const { ctx, queue, deliver, outbox, counts } = await scene(`smtp://127.0.0.1:${port}`)
    const id = await queue()
    expect(await deliver()).toEqual({ succeeded: 0, failed: 1 })
    expect(await outbox()).toMatchObject([
      { state: 'pending', attempts: 1, lastError: expect.stringContaining('ECONNREFUSED') },
    ])
    const server = await scriptedServer(port)
    expect(await deliver()).toEqual({ succeeded: 0, failed: 0 })
    ctx.clock.advance(3_000)
    expect(await deliver()).toEqual({ succeeded: 1, failed: 0 })
    expect(server.received.map((mail) => mail.messageId)).toEqual([`<${id}@contoso.example>`])
    expect(await outbox()).toMatchObject([{ state: 'sent', attempts: 2 }])
    expect(counts).toEqual(['retried', 'sent'])
  })

  test.each([421, 450, 451, 452])('is tried again after the temporary refusal %i', async (code) => {
    const server = await scriptedServer()
    const { ctx, queue, deliver, outbox } = await scene(server.url)
    server.refuse = () => ({ code, text: 'try later' })
    await queue()
    expect(await deliver()).toEqual({ succeeded: 0, failed: 1 })
    expect(await outbox()).toMatchObject([{ state: 'pending', lastError: expect.any(String) }])
    server.refuse = () => null
    ctx.clock.advance(3_000)
    expect(await deliver()).toEqual({ succeeded: 1, failed: 0 })
    expect(server.received).toHaveLength(1)
  })

  test.each([550, 551, 552, 553, 554])('ends at once after the permanent refusal %i', async (code) => {
    const server = await scriptedServer()
    const { ctx, queue, deliver, outbox, counts } = await scene(server.url)
    server.refuse = () => ({ code, text: 'no such user' })
    await queue()
    expect(await deliver()).toEqual({ succeeded: 0, failed: 1 })
    ctx.clock.advance(1_000 * HOUR)
    expect(await deliver()).toEqual({ succeeded: 0, failed: 0 })
    expect(await outbox()).toMatchObject([{ state: 'failed', failure: 'refused', attempts: 1 }])
    expect(counts).toEqual(['failed'])
  })

  test('that was refused is a dead letter, and can be retried when the server was put right', async () => {
    const server = await scriptedServer()
    const { ctx, queue, deliver, outbox } = await scene(server.url)
    server.refuse = () => ({ code: 550, text: 'relaying denied' })
    await queue()
    await deliver()
    const [letter] = await listDeadLetters(database, ctx)
    expect(letter).toMatchObject({ name: 'mail.deliver', lastError: expect.stringContaining('550') })
    server.refuse = () => null
    expect(await retryDeadLetter(database, letter?.id ?? '')).toBe(true)
    expect(await deliver()).toEqual({ succeeded: 1, failed: 0 })
    expect(await outbox()).toMatchObject([{ state: 'sent', attempts: 2 }])
  })

  test('waits while the login is refused: that is configuration, not this mail', async () => {
    const server = await scriptedServer(0, { authOnly: true })
    const withLogin = await scene(server.url.replace('//', '//user:wrong@'))
    await withLogin.queue()
    await withLogin.deliver()
    expect(await withLogin.outbox()).toMatchObject([{ state: 'pending' }])
    expect(await withLogin.wholeRows()).not.toContain('wrong')
    const without = await scene(server.url)
    await without.queue()
    await without.deliver()
    expect(await without.outbox()).toMatchObject([
      { state: 'pending', lastError: expect.stringContaining('530') },
    ])
  })

  test('is given up after four days of trying', async () => {
    const { ctx, queue, deliver, outbox } = await scene(`smtp://127.0.0.1:${await deadPort()}`)
    await queue()
    let tries = 0
    for (let hours = 0; hours < 24 * 6; hours++) {
      tries += (await deliver()).failed
      if (hours === 24 * 4) expect(await outbox()).toMatchObject([{ state: 'pending' }])
      ctx.clock.advance(HOUR)
    }
    expect(tries).toBe(25)
    expect(await outbox()).toMatchObject([{ state: 'failed', failure: 'givenUp', attempts: 25 }])
  })

  test('goes on when some recipients are refused, and says which', async () => {
    const server = await scriptedServer()
    const { queue, deliver, outbox } = await scene(server.url)
    server.refuse = (address) => (address.startsWith('gone@') ? { code: 550, text: 'no' } : null)
    await queue({ cc: [{ address: 'gone@fabrikam.example' }] })
    await deliver()
    expect(server.received).toHaveLength(1)
    expect(await outbox()).toMatchObject([{ state: 'sent', refusedAddresses: ['gone@fabrikam.example'] }])
  })

  test('of one mail by twenty at once sends it once', async () => {
    const server = await scriptedServer()
    const { ctx, queue, mailer, outbox } = await scene(server.url)
    const id = await queue()
    const [job] = mailer.jobs
    const attempt = {
      payload: { messageId: id },
      number: 1,
      isLast: false,
      signal: new AbortController().signal,
    }
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => job?.run(ctx, attempt)))
    expect(server.received).toHaveLength(1)
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
    expect(await outbox()).toMatchObject([{ state: 'sent', attempts: 1 }])
  })

  test('that was cut off by a crash is taken up again, under the same Message-ID', async () => {
    const server = await scriptedServer()
    const { ctx, queue, deliver } = await scene(server.url)
    const id = await queue()
    const now = ctx.clock.now()
    await ctx.db.transaction((tx) => store.claim(tx, id, now, new Date(now.getTime() + 120_000)))
    expect(await deliver()).toEqual({ succeeded: 0, failed: 1 })
    expect(server.received).toEqual([])
    ctx.clock.advance(120_000)
    expect(await deliver()).toEqual({ succeeded: 1, failed: 0 })
    expect(server.received.map((mail) => mail.messageId)).toEqual([`<${id}@contoso.example>`])
  })

  test('of 500 mails by two nodes sends each exactly once', async () => {
    const server = await scriptedServer()
    const { ctx, queue, newRunner, outbox } = await scene(server.url)
    const addresses = Array.from({ length: 500 }, (_, index) => `guest${index}@fabrikam.example`)
    await Promise.all(addresses.map((address) => queue({ to: [{ address }] })))
    const lanes = [newRunner(), newRunner()].flatMap((node) => [node, node, node])
    await Promise.all(lanes.map((node) => node.runPending(ctx)))
    const got = server.received.map((mail) => [mail.to].flat()[0]?.value[0]?.address)
    expect(got.toSorted()).toEqual(addresses.toSorted())
    expect((await outbox()).every(({ state }) => state === 'sent')).toBe(true)
  })
})

describe('header injection', () => {
  const attack = 'x\r\nBcc: everyone@example.com'
  const attacks: Record<string, Partial<Mail>> = {
    'the subject': { subject: attack },
    'the sender’s name': { fromName: attack },
    'a recipient’s name': { to: [{ address: 'a@b.example', name: attack }] },
    'a recipient’s address': { to: [{ address: `a@b.example\r\nBcc: c@d.example` }] },
    'a list for an address': { to: [{ address: 'a@b.example, c@d.example' }] },
    'an address in brackets': { to: [{ address: 'X <a@b.example>' }] },
    'a copy’s address': { cc: [{ address: 'a@b.example\nBcc: c@d.example' }] },
    'the reply address': { replyTo: { address: 'a@b.example>\r\nBcc: c@d.example' } },
    'a header’s value': { headers: { 'X-A': attack } },
    'a header’s name': { headers: { 'X-A: b\r\nBcc': 'c@d.example' } },
    'a header of ours': { headers: { Bcc: 'c@d.example' } },
    'the type of the content': { headers: { 'Content-Type': 'text/plain' } },
    'the language': { language: 'en\r\nBcc: c@d.example' },
    'no recipient at all': { to: [] },
    'no subject': { subject: ' ' },
    'no text': { text: '' },
  }

  test.each(Object.entries(attacks))('by %s is refused, and nothing is queued', async (_what, mail) => {
    const { queue, outbox, deliver } = await scene('smtp://127.0.0.1:9')
    await expect(queue(mail)).rejects.toThrow(Invalid)
    expect(await outbox()).toEqual([])
    expect(await deliver()).toEqual({ succeeded: 0, failed: 0 })
  })

  test('by any text is impossible: what is accepted arrives as itself, with no header more', async () => {
    const server = await scriptedServer()
    const { queue, deliver } = await scene(server.url)
    const line = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 })
    const plain = { ...invitation, cc: [] }
    await fc.assert(
      fc.asyncProperty(line, line, async (subject, fromName) => {
        server.received.length = 0
        const queued = await queue({ ...plain, subject, fromName }).then(
          () => true,
          (error: unknown) => {
            expect(error).toBeInstanceOf(Invalid)
            return false
          },
        )
        if (!queued) return
        await deliver()
        const [mail] = server.received
        expect(mail?.headerLines.map(({ key }) => key).toSorted()).toEqual(HEADERS)
        expect(squeezed(mail?.subject)).toBe(squeezed(subject))
      }),
      { numRuns: 60 },
    )
  })

  const HEADERS = [
    'auto-submitted',
    'content-type',
    'date',
    'from',
    'message-id',
    'mime-version',
    'subject',
    'to',
    'x-auto-response-suppress',
  ]
  // Runs of blanks around folds are one blank to every mail program.
  const squeezed = (text: string | undefined) => text?.replace(/\s+/gu, ' ').trim()
})
