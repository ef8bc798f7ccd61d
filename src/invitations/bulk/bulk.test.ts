import { afterAll, expect, test } from 'vitest'
import { rowsOf } from '../../../test/kit/directory-graph.ts'
import type { GraphClient } from '../../../test/kit/graph.ts'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { updateUser } from '../../directory/index.ts'
import { createJobRunner } from '../../platform/jobs/index.ts'
import { invitationJobs } from '../routes.ts'
import { body, invitedIdOf, type Organization, testWorld, ticketOf } from '../world.fixture.ts'

// Servers of other test files work on whatever waits in the shared database.
const { database, connection } = ownDatabase()
const world = testWorld({ database })
const runner = createJobRunner({
  deployment: world.deployment,
  connection,
  jobs: invitationJobs(world.dependencies),
})
afterAll(() => runner.stop(0))

const HEADINGS =
  'Email address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,' +
  'Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]'
const URL_CELL = 'https://app.contoso.com/welcome'
const file = (...rows: readonly string[]) => ['version:v1.0', HEADINGS, ...rows, ''].join('\n')

const csvHeaders = { headers: { 'content-type': 'text/csv' } }
const upload = (client: GraphClient, csv: string) =>
  client('POST /ext/v1.0/invitations/bulk', { body: csv, ...csvHeaders })
const work = (contoso: Organization) => runner.runPending({ tenantId: contoso.tenant.id })

async function uploadAndWork(contoso: Organization, csv: string) {
  const answer = await upload(contoso.asAdmin(), csv)
  expect(answer.status).toBe(202)
  await work(contoso)
  const id = String(answer.json.id)
  const progress = (await contoso.asAdmin()(`GET /ext/v1.0/invitations/bulk/${id}`)).json
  const rows = rowsOf(await contoso.asAdmin()(`GET /ext/v1.0/invitations/bulk/${id}/rows`))
  return { id, accepted: answer, progress, rows }
}

test('an upload is taken at once, worked through by a job, and every row has its result', async () => {
  const contoso = await world.organization()
  const answer = await upload(
    contoso.asAdmin(),
    file(
      `maria@fabrikam.example,${URL_CELL},true,"Hello, Maria ""M"""`,
      `paul@fabrikam.example,${URL_CELL},,`,
    ),
  )
  expect(answer.status).toBe(202)
  expect(answer.json).toMatchObject({
    status: 'running',
    rowCount: 2,
    waitingCount: 2,
    finishedDateTime: null,
  })
  const id = String(answer.json.id)
  expect(answer.headers['location']).toBe(`https://graph.example/ext/v1.0/invitations/bulk/${id}`)
  expect(await contoso.count('invitations')).toBe(0)

  await work(contoso)
  const progress = await contoso.asAdmin()(`GET /ext/v1.0/invitations/bulk/${id}`)
  expect(progress.json).toMatchObject({
    status: 'completed',
    rowCount: 2,
    waitingCount: 0,
    invitedCount: 2,
    alreadyAcceptedCount: 0,
    failedCount: 0,
    finishedDateTime: expect.any(String),
  })
  const rows = rowsOf(await contoso.asAdmin()(`GET /ext/v1.0/invitations/bulk/${id}/rows`))
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatchObject({
    rowNumber: 3,
    lineNumber: 3,
    invitedUserEmailAddress: 'maria@fabrikam.example',
    status: 'invited',
    reason: null,
  })
  const mails = await contoso.outbox()
  expect(mails.map(({ to }) => to[0]?.address)).toEqual(['maria@fabrikam.example'])
  expect(mails[0]?.text).toContain('> Hello, Maria "M"')
  const audits = await contoso.audits()
  expect(audits.map(({ activity }) => activity).sort()).toEqual([
    'Bulk invite users - finished (bulk)',
    'Invite external user',
    'Invite external user',
  ])
  // Who uploaded the file did all of it.
  expect(new Set(audits.map(({ initiator }) => initiator))).toEqual(new Set([contoso.admin.id]))
})

test('a bad row in the middle is reported and the good ones go on', async () => {
  const contoso = await world.organization()
  const { progress, rows } = await uploadAndWork(
    contoso,
    file(
      `one@fabrikam.example,${URL_CELL},false,`,
      `not-an-address,${URL_CELL},false,`,
      `two@fabrikam.example,http://insecure.example,perhaps,`,
      `"broken,${URL_CELL}`,
      `ÜBER@fabrikam.example,${URL_CELL},false,`,
      `one@fabrikam.example,${URL_CELL},false,`,
      `bela@${contoso.tenant.initialDomain},${URL_CELL},false,`,
      `last@fabrikam.example,${URL_CELL},false,`,
    ),
  )
  expect(progress).toMatchObject({ rowCount: 8, invitedCount: 2, failedCount: 6, waitingCount: 0 })
  expect(rows.map((row) => [row['lineNumber'], row['status']])).toEqual([
    [3, 'invited'],
    [4, 'failed'],
    [5, 'failed'],
    [6, 'failed'],
    [7, 'failed'],
    [8, 'failed'],
    [9, 'failed'],
    [10, 'invited'],
  ])
  expect(rows.map((row) => String(row['reason']))).toEqual([
    'null',
    expect.stringContaining("no '@'"),
    expect.stringMatching(/https.*true or false/),
    expect.stringContaining('quotation mark'),
    expect.stringContaining('ASCII'),
    expect.stringContaining('already in row 3'),
    expect.stringContaining('no user here has that address'),
    'null',
  ])
})

test('a byte order mark, CRLF, quotes, line breaks and commas in a cell are read', async () => {
  const contoso = await world.organization()
  const csv = `\ufeff${file(
    `"maria@fabrikam.example",${URL_CELL},TRUE,"Line one,\nline two"`,
    `paul@fabrikam.example,${URL_CELL},false,`,
  ).replaceAll('\n', '\r\n')}`
  const { progress, rows } = await uploadAndWork(contoso, csv)
  expect(progress).toMatchObject({ invitedCount: 2, failedCount: 0 })
  expect(rows.map((row) => [row['rowNumber'], row['lineNumber']])).toEqual([
    [3, 3],
    [4, 5],
  ])
  expect((await contoso.outbox())[0]?.text).toContain('> Line one,\n> line two')
})

test('a file that cannot be used is refused with its reason, and nothing is stored', async () => {
  const contoso = await world.organization()
  const good = `maria@fabrikam.example,${URL_CELL},true,`
  const cases: readonly (readonly [string, string])[] = [
    [[HEADINGS, good].join('\n'), 'Row 1 of the file must be version:v1.0'],
    [['version:v1.0', HEADINGS.replace('[inviteeEmail]', ''), good].join('\n'), 'lacks the heading'],
    [file(), 'holds no row'],
    [file('M\ufffdria@fabrikam.example,https://x.example,true,'), 'not UTF-8'],
  ]
  for (const [csv, words] of cases) {
    const answer = await upload(contoso.asAdmin(), csv)
    expect([answer.status, answer.json.error.code]).toEqual([400, 'BadRequest'])
    expect(answer.json.error['message']).toContain(words)
  }
  const empty = await upload(contoso.asAdmin(), '')
  const wrongType = await contoso.asAdmin()('POST /ext/v1.0/invitations/bulk', {
    body: 'x',
    headers: { 'content-type': 'application/vnd.ms-excel' },
  })
  const noText = await contoso.asAdmin()('POST /ext/v1.0/invitations/bulk', { body: { csv: 5 } })
  const unknown = await contoso.asAdmin()('POST /ext/v1.0/invitations/bulk', { body: { csv: 'x', more: 1 } })
  expect([empty, wrongType, noText, unknown].map(({ status }) => status)).toEqual([400, 415, 400, 400])
  expect(await contoso.count('bulk_invitations')).toBe(0)
})

test('as JSON it is the same, with the name of the file', async () => {
  const contoso = await world.organization()
  const answer = await contoso.asAdmin()('POST /ext/v1.0/invitations/bulk', {
    body: { csv: file(`maria@fabrikam.example,${URL_CELL},false,`), fileName: 'partners.csv' },
  })
  expect([answer.status, answer.json['fileName']]).toEqual([202, 'partners.csv'])
})

test('validation tells what uploading would, and invites nobody', async () => {
  const contoso = await world.organization()
  const validate = (csv: string) =>
    contoso.asAdmin()('POST /ext/v1.0/invitations/bulk/validate', { body: csv, ...csvHeaders })
  const answer = await validate(file(`maria@fabrikam.example,${URL_CELL},true,`, `nonsense,${URL_CELL},,`))
  expect(answer.status).toBe(200)
  expect(answer.json).toMatchObject({
    fileProblem: null,
    rowCount: 2,
    goodCount: 1,
    badRows: [
      { rowNumber: 4, lineNumber: 4, invitedUserEmailAddress: 'nonsense', reasons: [expect.any(String)] },
    ],
  })
  expect((await validate('nonsense')).json['fileProblem']).toContain('version:v1.0')
  expect(await contoso.count('bulk_invitations')).toBe(0)
})

test('a guest who has accepted is reported so, a pending one is invited again', async () => {
  const contoso = await world.organization()
  const { json } = await contoso.asAdmin()('POST /invitations', { body: body('maria@fabrikam.example') })
  await contoso.asAdmin()('POST /invitations', { body: body('paul@mail.example') })
  await world.redemption.redeem(contoso.ctx, {
    person: {
      kind: 'passcode',
      address: 'maria@fabrikam.example',
      signedInAt: world.deployment.clock.now(),
    },
    ticket: ticketOf(world, json['inviteRedeemUrl']),
    provedAddresses: [],
    invitedUserId: invitedIdOf(json),
  })
  const { rows } = await uploadAndWork(
    contoso,
    file(`maria@fabrikam.example,${URL_CELL},true,`, `paul@mail.example,${URL_CELL},false,`),
  )
  expect(rows.map((row) => row['status'])).toEqual(['alreadyAccepted', 'invited'])
  expect(rows[0]?.['invitedUserId']).toBe(invitedIdOf(json))
})

test('the results come as a file in which no cell is a formula', async () => {
  const contoso = await world.organization()
  const { id } = await uploadAndWork(
    contoso,
    file(`maria@fabrikam.example,${URL_CELL},false,`, `"=cmd|'/c calc'!A1",${URL_CELL},false,`),
  )
  const answer = await contoso.asAdmin()(`GET /ext/v1.0/invitations/bulk/${id}/rows.csv`)
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe('text/csv;charset=utf-8')
  const text = answer.body?.kind === 'text' ? answer.body.text : ''
  const lines = text.trim().split('\r\n')
  expect(lines[1]).toMatch(/^3,3,maria@fabrikam\.example,invited,[0-9a-f-]{36},$/)
  expect(lines[2]).toMatch(/^4,4,'=cmd/)
  const template = await contoso.asAdmin()('GET /ext/v1.0/invitations/bulk/template.csv')
  expect(template.body?.kind === 'text' && template.body.text).toContain('[inviteeEmail] Required')
})

test('rows run with the rights of whoever uploaded them at that moment', async () => {
  const contoso = await world.organization()
  const bela = await contoso.person('bela')
  const answer = await upload(contoso.as(bela), file(`maria@fabrikam.example,${URL_CELL},false,`))
  expect(answer.status).toBe(202)
  await updateUser(contoso.ctx, bela.id, { accountEnabled: false })
  await work(contoso)
  const rows = rowsOf(await contoso.asAdmin()(`GET /ext/v1.0/invitations/bulk/${answer.json.id}/rows`))
  expect(rows).toMatchObject([{ status: 'failed', reason: expect.stringContaining('may not act any more') }])
  expect(await contoso.count('invitations')).toBe(0)
})

test('GIR-2: who may not invite may not upload either', async () => {
  const contoso = await world.organization()
  world.decide({ allowInvitesFrom: 'none' })
  const answer = await upload(contoso.asAdmin(), file(`maria@fabrikam.example,${URL_CELL},false,`))
  world.decide({})
  expect([answer.status, answer.json.error.code]).toEqual([403, 'Authorization_RequestDenied'])
  expect(await contoso.count('bulk_invitations')).toBe(0)
})

test('GRA-12: an upload is seen by who made it and by administrators, never by another tenant', async () => {
  const [contoso, other] = [await world.organization(), await world.organization()]
  const [bela, cleo] = [await contoso.person('bela'), await contoso.person('cleo')]
  const { json } = await upload(contoso.as(bela), file(`maria@fabrikam.example,${URL_CELL},false,`))
  const paths = [
    `/ext/v1.0/invitations/bulk/${json.id}`,
    `/ext/v1.0/invitations/bulk/${json.id}/rows`,
    `/ext/v1.0/invitations/bulk/${json.id}/rows.csv`,
  ]
  for (const path of paths) {
    const statuses = []
    for (const client of [contoso.as(bela), contoso.asAdmin(), contoso.as(cleo), other.asAdmin()]) {
      statuses.push((await client(`GET ${path}`)).status)
    }
    expect([path, ...statuses]).toEqual([path, 200, 200, 403, 404])
  }
  expect(rowsOf(await other.asAdmin()('GET /ext/v1.0/invitations/bulk'))).toEqual([])
  expect(rowsOf(await contoso.asAdmin()('GET /ext/v1.0/invitations/bulk'))).toHaveLength(1)
})

test('more rows than one run takes: the job goes on until all are done, two runs at once do none twice', async () => {
  const contoso = await world.organization()
  const rows = Array.from({ length: 620 }, (_, n) => `guest${n}@fabrikam.example,${URL_CELL},false,`)
  const { json } = await upload(contoso.asAdmin(), file(...rows))
  const { enqueue } = await import('../../platform/jobs/index.ts')
  const [job] = invitationJobs(world.dependencies)
  if (job === undefined) throw new Error('There is a job.')
  await contoso.ctx.db.transaction((tx) => enqueue(tx, contoso.ctx, job, { bulkId: json.id }))
  await Promise.all([work(contoso), work(contoso)])
  const { json: progress } = await contoso.asAdmin()(`GET /ext/v1.0/invitations/bulk/${json.id}`)
  expect(progress).toMatchObject({ status: 'completed', invitedCount: 620, failedCount: 0 })
  expect([await contoso.count('users'), await contoso.count('invitations')]).toEqual([621, 620])
  const finished = (await contoso.audits()).filter(({ activity }) => activity.startsWith('Bulk'))
  expect(finished).toHaveLength(1)
})
