import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../test/kit/port.ts'
import { makeAuthority } from '../platform/development-authority.ts'
import { commandLine, type Settings } from './cli.fixture.ts'
import { type ServerDatabase, serverDatabase } from './server-database.fixture.ts'

const { run, json, serve, directory } = commandLine()
let database: ServerDatabase
let settings: Settings
let tenantId: string

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
beforeAll(async () => {
  database = await serverDatabase()
  settings = { DATABASE_URL: database.url, PORT: String(await freePort()) }
  const tenant = await json(['tenant', 'create', 'contoso.login.example', '--name', 'Contoso'], settings)
  tenantId = z.object({ id: z.guid() }).parse(tenant).id
})

const Report = z.object({
  status: z.enum(['ok', 'failed']),
  findings: z.array(
    z.object({ check: z.string(), status: z.string(), detail: z.string(), remedy: z.string().optional() }),
  ),
})

/** Its report; the exit code must say the same. */
async function doctor(more: Settings = {}) {
  const { code, stdout, stderr } = await run(['doctor', '--json'], { ...settings, ...more })
  expect(stderr).toBe('')
  const { status, findings } = Report.parse(JSON.parse(stdout))
  expect(code).toBe(status === 'ok' ? 0 : 1)
  expect(status === 'failed').toBe(findings.some((finding) => finding.status === 'failed'))
  for (const { status: one, remedy } of findings) {
    expect(remedy !== undefined).toBe(one === 'failed' || one === 'warning')
  }
  return {
    of: (check: string) => findings.find((finding) => finding.check.startsWith(check)),
    failed: () => findings.filter((finding) => finding.status === 'failed').map((finding) => finding.check),
  }
}

describe('doctor finds nothing wrong', () => {
  test('while Xenia runs, and sees that the base URL leads to this very deployment', async () => {
    const server = await serve(['serve'], settings)
    const report = await doctor()
    expect(report.failed()).toEqual([])
    expect(report.of('base URL')).toMatchObject({ status: 'ok' })
    expect(report.of('isolation')).toMatchObject({ status: 'ok' })
    expect(report.of('master key')).toMatchObject({ status: 'ok' })

    const { stdout } = await run(['doctor'], settings)
    expect(stdout).toMatch(/^ +CHECK +FINDING\nok +configuration .*development mode/)
    expect(stdout).toMatch(/Nothing is wrong\.\n$/)
    expect(await server.stop()).toBe(0)
  })

  test('with the certificate of development, which it knows where to find', async () => {
    const secure = { ...settings, XENIA_TLS: 'self-signed', PORT: String(await freePort()) }
    const server = await serve(['serve'], secure)
    expect((await doctor(secure)).of('base URL')).toMatchObject({ status: 'ok' })
    expect(await server.stop()).toBe(0)
  })
})

describe('doctor says what is wrong and what to do', () => {
  test('in the configuration, each problem as a finding', async () => {
    const report = await doctor({ PORT: 'eighty', XENIA_TRUSTED_PROXIES: 'proxy' })
    expect(report.failed()).toEqual(['configuration: PORT', 'configuration: XENIA_TRUSTED_PROXIES'])
  })

  test('when the database is away, without its password', async () => {
    const report = await doctor({ DATABASE_URL: 'postgres://xenia:hunter2@127.0.0.1:1/xenia' })
    expect(report.failed()).toEqual(['database'])
    expect(JSON.stringify(report.of('database'))).not.toContain('hunter2')
  })

  test('when the master key is another one', async () => {
    const other = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 5 + 3)).toString('base64')
    const report = await doctor({ XENIA_MASTER_KEY: other })
    expect(report.of('master key')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('contoso.login.example'),
    })
  })

  test('when somebody has opened a tenant’s table', async () => {
    await database.query('alter table users no force row level security')
    expect((await doctor()).of('isolation')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('users'),
    })
    await database.query('alter table users force row level security')
    expect((await doctor()).of('isolation')).toMatchObject({ status: 'ok' })
  })

  test('when jobs and mails have failed', async () => {
    await database.query(
      `select graphile_worker.add_job('test.job', '{}', max_attempts => 1);
       update graphile_worker._private_jobs set attempts = 1;
       insert into outbox_messages (tenant_id, id, kind, correlation_id, message_id, to_recipients, subject,
                                    queued_at, state, failed_at, failure)
       values ('${tenantId}', gen_random_uuid(), 'invitation', gen_random_uuid(), 'x@y', '[{"address":"a@b"}]', 'Hello',
               now(), 'failed', now(), 'refused')`,
    )
    const report = await doctor()
    expect(report.failed()).toEqual(['mail', 'jobs'])
    expect(report.of('mail')).toMatchObject({
      detail: expect.stringMatching(/^1 mail.*contoso\.login\.example/),
    })
    await database.query('delete from graphile_worker._private_jobs; delete from outbox_messages')
    expect((await doctor()).failed()).toEqual([])
  })

  test('when something else answers at the base URL, or nothing', async () => {
    const port = await freePort()
    const stranger = createServer((_request, response) => response.end('{"keys":[]}')).listen(
      port,
      '127.0.0.1',
    )
    await once(stranger, 'listening')
    const misled = await doctor({ XENIA_BASE_URL: `http://127.0.0.1:${port}` })
    stranger.close()
    expect(misled.of('base URL')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('not as this'),
    })

    const nobody = await doctor({ XENIA_BASE_URL: 'http://login.contoso.invalid' })
    expect(nobody.of('base URL')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('no address in DNS'),
    })
  })

  test('when mail cannot leave, without the password', async () => {
    const report = await doctor({ XENIA_SMTP_URL: 'smtp://me:hunter2@127.0.0.1:1' })
    expect(report.of('SMTP')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('127.0.0.1'),
    })
    expect(JSON.stringify(report.of('SMTP'))).not.toContain('hunter2')
  })

  test('when the certificate has ended or ends soon', async () => {
    const files = async (name: string, days: number): Promise<string> => {
      const { key, cert } = await makeAuthority(new Date(Date.now() - 30 * 86_400_000), days)
      const [certificate, keyFile] = [join(directory, `${name}.pem`), join(directory, `${name}-key.pem`)]
      writeFileSync(certificate, cert)
      writeFileSync(keyFile, key)
      return `${certificate},${keyFile}`
    }
    const ended = await doctor({ XENIA_TLS: await files('ended', 10) })
    expect(ended.of('certificate')).toMatchObject({ status: 'failed' })
    const soon = await doctor({ XENIA_TLS: await files('soon', 40) })
    expect(soon.of('certificate')).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/^valid for (9|10) days/),
    })
    const missing = await doctor({ XENIA_TLS: 'absent.pem,absent.pem' })
    expect(missing.of('certificate')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('absent.pem'),
    })
  })
})
