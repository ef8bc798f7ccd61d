import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../test/kit/port.ts'
import { besideServer } from './beside-server.fixture.ts'

const { run, json, refusal, query, listTenants, contoso, directory } = besideServer()

describe('jobs', () => {
  /** A job that has failed for good; of a kind that no server runs, so that it stays as it is. */
  const fail = async (name: string): Promise<string> => {
    const [job] = await query<{ id: string }>(
      `select id::text from graphile_worker.add_job('${name}', json_build_object('tenantId', '${contoso.id}',
              'correlationId', gen_random_uuid(), 'payload', json_build_object('n', 1)), max_attempts => 1)`,
    )
    await query(
      `update graphile_worker._private_jobs set attempts = 1, last_error = E'no route\\nto host' where id = ${job?.id}`,
    )
    return job?.id ?? ''
  }
  const dead = async (...words: string[]) =>
    z
      .object({ dead: z.array(z.object({ id: z.string() })) })
      .parse(await json(['jobs', 'list', ...words]))
      .dead.map((job) => job.id)

  test('list shows what failed and why, and filters', async () => {
    await json(['tenant', 'create', 'woodgrove.login.example', '--name', 'Woodgrove'])
    const [one, two] = [await fail('test.one'), await fail('test.two')]
    expect(await dead()).toEqual([one, two])
    expect(await dead('--name', 'test.two')).toEqual([two])
    expect(await dead('--tenant', 'contoso.example', '--limit', '1')).toEqual([one])
    expect(await dead('--tenant', 'woodgrove.login.example')).toEqual([])
    const { stdout } = await run(['jobs', 'list'])
    expect(stdout).toMatch(
      new RegExp(`^0 due, .* 2 failed for good\\.\\n\\nID .*\\n${one} +test\\.one .* no route\\n`),
    )
    await json(['jobs', 'discard', '--all'])
  })

  test('retry and discard act on one job or on all that match', async () => {
    const [one, two, three] = [await fail('test.one'), await fail('test.two'), await fail('test.two')]
    expect(await json(['jobs', 'retry', one])).toEqual({ retried: [one] })
    expect(await json(['jobs', 'discard', '--all', '--name', 'test.two'])).toEqual({
      discarded: [two, three],
    })
    expect(await dead()).toEqual([])
    expect(await query(`select attempts from graphile_worker._private_jobs where id = ${one}`)).toEqual([
      { attempts: 0 },
    ])
    await query(`delete from graphile_worker._private_jobs where id = ${one}`)
  })

  test('retry refuses an id that has not failed, and none at all', async () => {
    expect(await refusal(['jobs', 'retry', '999999'])).toContain('No job with the id "999999"')
    expect(await refusal(['jobs', 'discard', "1'; drop table users; --"])).toContain('No job with the id')
    expect(await run(['jobs', 'retry'])).toMatchObject({ code: 2 })
    expect(await run(['jobs', 'retry', '1', '--all'])).toMatchObject({ code: 2 })
  })
})

describe('backup and restore', () => {
  test('a backup of the running server becomes a second deployment that knows the same people', async () => {
    await json(['user', 'create', 'ada@contoso.example', '--name', 'Ada'])
    const file = join(directory, 'contoso.xenia')
    const made = await json(['backup', file])
    expect(made).toMatchObject({ file, tables: { tenants: 2, users: 1 } })
    const elsewhere = { XENIA_DATA_DIR: join(directory, 'restored') }
    expect(await json(['restore', file, '--check'], elsewhere)).toMatchObject({ restored: false })
    expect(existsSync(elsewhere.XENIA_DATA_DIR)).toBe(false)
    expect(await json(['restore', file], elsewhere)).toMatchObject({ restored: true })
    const tenants = await listTenants(elsewhere)
    expect(tenants).toEqual(await listTenants())
    // Its secrets open, too.
    expect(await json(['keys', 'rotate'], elsewhere)).toMatchObject({ rotated: { length: tenants.length } })
    expect(await refusal(['restore', file])).toContain('empty database only')
  })
})

describe('a second server', () => {
  test('on the same data directory is refused and told what to do', async () => {
    const { code, stderr } = await run(['serve'], '', { PORT: String(await freePort()) })
    expect(code).toBe(1)
    expect(stderr).toMatch(/xenia: The database in .* is in use by another Xenia .*XENIA_DATA_DIR/)
  })

  test('on the same port is told so', async () => {
    const { code, stderr } = await run(['serve'], '', { XENIA_DATA_DIR: join(directory, 'other') })
    expect(code).toBe(1)
    expect(stderr).toMatch(/xenia: The port is in use .*Stop what uses it, or set PORT\.\n/)
  })
})
