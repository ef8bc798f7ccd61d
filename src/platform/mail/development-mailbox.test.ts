import { createTransport } from 'nodemailer'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { movableClock } from '../clock.ts'
import type { Database } from '../database/index.ts'
import { silentLogger } from '../telemetry/log.ts'
import { type ReceivedMail, startDevelopmentMailbox } from './index.ts'
import { databaseMailbox, type MailboxStore, memoryMailbox } from './mailbox-store.ts'

const { database } = ownDatabase()

async function start(kept: Database | null) {
  const mailbox = await startDevelopmentMailbox({ database: kept, clock: movableClock(), log: silentLogger })
  const transport = createTransport(mailbox.smtpUrl)
  onTestFinished(async () => {
    transport.close()
    await mailbox.close()
  })
  const send = (to: string, subject: string, more = {}) =>
    transport.sendMail({
      from: { name: 'Contoso', address: 'invitations@contoso.example' },
      to,
      subject,
      text: 'Grüß Gott',
      html: '<p>Grüß Gott</p>',
      ...more,
    })
  return { mailbox, send }
}

describe('the development mailbox', () => {
  test('shows what was sent over SMTP: who, what, both bodies, headers and attachments', async () => {
    const { mailbox, send } = await start(null)
    await send('maria@fabrikam.example', 'Ein Gruß ✉', {
      cc: 'boss@fabrikam.example',
      headers: { 'X-Kind': 'invitation' },
      attachments: [{ filename: 'a.txt', content: 'a' }],
    })
    const [mail] = await mailbox.list()
    expect(mail).toMatchObject({
      from: expect.stringContaining('Contoso'),
      recipients: ['maria@fabrikam.example', 'boss@fabrikam.example'],
      subject: 'Ein Gruß ✉',
      text: 'Grüß Gott',
      html: '<p>Grüß Gott</p>',
      attachmentNames: ['a.txt'],
    })
    expect(mail?.headerLines).toContain('X-Kind: invitation')
    expect(await mailbox.get(mail?.id ?? '')).toEqual(mail)
  })

  test('tells its listeners, until they no longer want to hear', async () => {
    const { mailbox, send } = await start(null)
    const heard: string[] = []
    const stop = mailbox.onMail((mail) => heard.push(mail.subject))
    await send('a@x.example', 'one')
    stop()
    await send('a@x.example', 'two')
    expect(heard).toEqual(['one'])
  })

  test('keeps mail over a restart when it has a database', async () => {
    const before = await start(database)
    await before.send('a@x.example', 'survivor')
    await before.mailbox.close()
    const after = await start(database)
    expect(await after.mailbox.list()).toMatchObject([{ subject: 'survivor' }])
    await after.mailbox.clear()
    expect(await after.mailbox.list()).toEqual([])
  })

  test('refuses a mail of more than ten megabytes and keeps nothing of it', async () => {
    const { mailbox, send } = await start(null)
    await expect(send('a@x.example', 'big', { text: 'x'.repeat(11 * 1024 * 1024) })).rejects.toThrow(
      /size|large/i,
    )
    expect(await mailbox.list()).toEqual([])
  })

  test('can only be reached from this machine', async () => {
    const { mailbox } = await start(null)
    expect(mailbox.smtpUrl).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/)
  })
})

const stores: [string, () => MailboxStore][] = [
  ['in memory', memoryMailbox],
  ['in the database', () => databaseMailbox(database)],
]

describe.each(stores)('a mailbox %s', (_where, make) => {
  const mailTo = (recipient: string, subject: string): Omit<ReceivedMail, 'id'> => ({
    receivedAt: new Date('2030-01-02T03:04:05Z'),
    from: 'Contoso <c@contoso.example>',
    recipients: [recipient, 'copy@x.example'],
    subject,
    headerLines: [`Subject: ${subject}`],
    html: null,
    text: subject,
    attachmentNames: [],
  })

  test('lists the newest first, of one recipient or of all, whatever the case of the address', async () => {
    const store = make()
    await store.clear()
    for (const [to, subject] of [
      ['a@x.example', 'one'],
      ['b@x.example', 'two'],
      ['A@X.example', 'three'],
    ] as const) {
      await store.add(mailTo(to, subject))
    }
    const subjects = async (filter: object) => (await store.list(filter)).map(({ subject }) => subject)
    expect(await subjects({})).toEqual(['three', 'two', 'one'])
    expect(await subjects({ to: 'a@x.EXAMPLE' })).toEqual(['three', 'one'])
    expect(await subjects({ to: 'copy@x.example', limit: 2 })).toEqual(['three', 'two'])
    expect(await subjects({ to: '%' })).toEqual([])
  })

  test('keeps the last 500', async () => {
    const store = make()
    await store.clear()
    for (let count = 1; count <= 503; count++) await store.add(mailTo('a@x.example', String(count)))
    const kept = await store.list({})
    expect(kept).toHaveLength(500)
    expect(kept.at(-1)?.subject).toBe('4')
  })

  test.each(['', '0', '999999999', 'x', '1 or 1=1', '-1', '9'.repeat(40)])(
    'has no mail of the id %j',
    async (id) => {
      expect(await make().get(id)).toBeNull()
    },
  )
})
