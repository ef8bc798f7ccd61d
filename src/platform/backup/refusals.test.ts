import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import type { MasterKeys } from '../crypto/keyring.ts'
import { createKeyring } from '../crypto/keyring.ts'
import {
  backupScene,
  migrations,
  newMasterKeys,
  query,
  tablesOf,
  textOf,
  writeSealed,
  writeText,
} from './backup.fixture.ts'
import { checkBackup, restore } from './index.ts'

const { connection, database } = ownDatabase()
const { masterKeys, directory, newFile, make, bringBack, emptyDatabase } = backupScene(connection)

/** A true backup; tests write changed copies of it. */
let whole: string

beforeAll(async () => {
  for (const tenant of [await makeTenant(database), await makeTenant(database)]) {
    await tenant.db.transaction((tx) =>
      tx
        .insertInto('signing_keys')
        .values({
          tenant_id: tenant.tenantId,
          key_id: 'key',
          algorithm: 'RS256',
          public_jwk: {},
          sealed_private_jwk: createKeyring(masterKeys).seal('signing-key', tenant.tenantId, 'secret'),
          created_at: new Date(0),
          signs_from: new Date(0),
          published_until: null,
        })
        .execute(),
    )
  }
  whole = await make()
})

/** Refused, and the database is as empty as before. */
async function refused(file: string, fault: string, keys: MasterKeys = masterKeys): Promise<void> {
  const target = await emptyDatabase()
  await expect(bringBack(file, target, keys)).rejects.toMatchObject({ name: 'BackupRefused', fault })
  expect(await tablesOf(target)).toEqual([])
}

describe('nothing is restored from a file', () => {
  test.each([0, 0.01, 0.5, 0.9, 0.999])('of which only a share of %d arrived', async (share) => {
    const bytes = readFileSync(whole)
    const file = newFile()
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * share)))
    await refused(file, 'damaged')
  })

  test.each([1, 2, 3])('without its last %i lines', async (dropped) => {
    const lines = textOf(whole).trimEnd().split('\n')
    const file = newFile()
    writeText(file, `${lines.slice(0, -dropped).join('\n')}\n`)
    await refused(file, 'damaged')
  })

  test('with something behind its end', async () => {
    const file = newFile()
    writeText(file, `${textOf(whole)}{}\n`)
    await refused(file, 'damaged')
  })

  test('in which any one byte was changed', async () => {
    const bytes = gunzipSync(readFileSync(whole))
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ change
        const file = newFile()
        writeFileSync(file, gzipSync(changed, { level: 1 }))
        await expect(checkBackup(file, masterKeys, migrations)).rejects.toMatchObject({
          name: 'BackupRefused',
        })
        rmSync(file)
      }),
    )
  })

  test('whose checksums were put right by somebody without the master key', async () => {
    const forger = newMasterKeys('forger')
    const file = newFile()
    writeSealed(file, textOf(whole).replace('@example', '@example'), forger)
    await refused(file, 'damaged')
  })

  test.each(['', 'not a backup', '{"format":"other"}\n'])('that is none (%j)', async (content) => {
    for (const bytes of [Buffer.from(content), gzipSync(content)]) {
      const file = newFile()
      writeFileSync(file, bytes)
      await refused(file, 'damaged')
    }
  })

  test('that is not there', async () => {
    await refused(join(directory, 'absent'), 'damaged')
  })

  test.each([
    ['has a migration that this program lacks', '"0001-tenants"', '"0001-tenants","0001-zebra"'],
    ['is of a later layout', '"version":1', '"version":2'],
  ])('that %s', async (_what, before, after) => {
    const file = newFile()
    writeSealed(file, textOf(whole).replace(before, after), masterKeys)
    await refused(file, 'newer')
  })

  test.each([
    [
      'lacks a table of its own schema',
      /\{"section":"user_sponsors".*\n(\{"bytes.*\n.*\n)*\{"rows":0.*\n/,
      '',
    ],
    ['holds a table that its schema lacks', /"user_sponsors"/g, '"user_zebras"'],
  ])('that %s, although its seal is true', async (_what, before, after) => {
    const text = textOf(whole).replace(before, after).replace('{"name":"user_sponsors","rows":0},', '')
    expect(text).not.toContain('user_sponsors')
    const file = newFile()
    writeSealed(file, text, masterKeys)
    await refused(file, 'damaged')
  })

  test('that was exchanged after it was checked', async () => {
    const file = newFile()
    writeText(file, textOf(whole))
    const target = await emptyDatabase()
    const checked = await checkBackup(file, masterKeys, migrations)
    writeText(file, textOf(whole).replace(/"mac":"./, '"mac":"'))
    const late = restore(checked, { connection: target, masterKeys, migrations })
    await expect(late).rejects.toMatchObject({ fault: 'damaged' })
    expect(await tablesOf(target)).toEqual([])
    // And that is no obstacle to the next try.
    await bringBack(whole, target)
    expect(await query(target, 'select from tenants')).toHaveLength(2)
  })
})

describe('the master key', () => {
  test('of the file must be configured; after a newer one it is', async () => {
    const other = newMasterKeys('other')
    await refused(whole, 'otherMasterKey', other)
    const target = await emptyDatabase()
    await bringBack(whole, target, [...other, ...masterKeys])
    expect(await query(target, 'select from tenants')).toHaveLength(2)
  })

  test('that older secrets are still sealed under must be configured, too', async () => {
    const fresh = newMasterKeys('fresh')
    await refused(await make(connection, [...fresh, ...masterKeys]), 'otherMasterKey', fresh)
  })

  test('that nothing is sealed under any more is not needed', async () => {
    const retired = newMasterKeys('retired')
    const target = await emptyDatabase()
    await bringBack(await make(connection, [...masterKeys, ...retired]), target, masterKeys)
    expect(await query(target, 'select from tenants')).toHaveLength(2)
  })
})

describe('a database', () => {
  test('that holds anything is left as it is, even if that is the same deployment', async () => {
    const target = await emptyDatabase()
    await query(target, 'create table somebody_elses (id int)')
    await expect(bringBack(whole, target)).rejects.toMatchObject({ fault: 'notEmpty' })
    expect(await tablesOf(target)).toEqual([{ relname: 'somebody_elses' }])
    await expect(bringBack(whole, connection)).rejects.toMatchObject({ fault: 'notEmpty' })
  })

  test('is filled once, however many restore into it at once', async () => {
    const target = await emptyDatabase()
    const tries = await Promise.allSettled([bringBack(whole, target), bringBack(whole, target)])
    expect(tries.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await query(target, 'select from tenants')).toHaveLength(2)
  })
})
