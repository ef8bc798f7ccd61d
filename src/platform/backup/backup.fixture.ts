import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Client, type ClientConfig } from 'pg'
import { afterAll, afterEach, inject } from 'vitest'
import { systemClock } from '../clock.ts'
import { createKeyring, type MasterKeys, parseMasterKey } from '../crypto/keyring.ts'
import { backUp, checkBackup, restore } from './index.ts'
import { MAC_PURPOSE } from './model.ts'

export const migrations = fileURLToPath(new URL('../../../migrations', import.meta.url))

export const newMasterKeys = (name: string): MasterKeys =>
  parseMasterKey(`${name}:${randomBytes(32).toString('hex')}`)

export interface Login {
  readonly user: string
  readonly password: string
}

export async function query<T extends object>(
  on: ClientConfig,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new Client(on)
  await client.connect()
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

export const tablesOf = (on: ClientConfig) =>
  query<{ relname: string }>(
    on,
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
  )

/** Files and databases of one test file; the databases go after each test, the files after the last. */
export function backupScene(source: ClientConfig) {
  const masterKeys = newMasterKeys('now')
  const directory = mkdtempSync(join(tmpdir(), 'xenia-backup-'))
  const cleanups: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean()
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const newFile = () => join(directory, `${randomBytes(6).toString('hex')}.xenia`)

  return {
    masterKeys,
    directory,
    newFile,
    afterThisTest: (clean: () => Promise<unknown>) => void cleanups.push(clean),

    async make(
      from: ClientConfig = source,
      keys: MasterKeys = masterKeys,
      file = newFile(),
    ): Promise<string> {
      await backUp({ connection: from, file, masterKeys: keys, clock: systemClock, program: '0.0.1' })
      return file
    },

    async bringBack(file: string, into: ClientConfig, keys: MasterKeys = masterKeys): Promise<void> {
      const checked = await checkBackup(file, keys, migrations)
      await restore(checked, { connection: into, masterKeys: keys, migrations })
    },

    /** An empty database on the run's server; reached as its superuser unless a login is to own it. */
    async emptyDatabase(login?: Login): Promise<ClientConfig> {
      const name = `xenia_restored_${randomBytes(6).toString('hex')}`
      const server = inject('database')
      await query(server, `create database ${name}${login === undefined ? '' : ` owner ${login.user}`}`)
      cleanups.push(() => query(server, `drop database ${name} with (force)`))
      return reach(name, login)
    },

    /** A login that may own databases and is bound by row-level security, as `DATABASE_URL` may name one. */
    async plainOwner(): Promise<Login> {
      const login = {
        user: `owner_${randomBytes(6).toString('hex')}`,
        password: randomBytes(12).toString('hex'),
      }
      const server = inject('database')
      await query(server, `create role ${login.user} login createrole password '${login.password}'`)
      await query(server, `grant xenia_tenant, xenia_platform to ${login.user}`)
      cleanups.push(() => query(server, `drop role ${login.user}`))
      return login
    },
  }
}

/** A database of the run's server. */
export function reach(name: string, login?: Login): ClientConfig {
  const server = inject('database')
  if (server.connectionString === undefined) return { ...server, database: name, ...login }
  const url = new URL(server.connectionString)
  url.pathname = `/${name}`
  if (login !== undefined) {
    url.username = login.user
    url.password = login.password
  }
  return { connectionString: url.href }
}

export const nameOf = ({ database, connectionString }: ClientConfig): string =>
  database ?? new URL(connectionString ?? '').pathname.slice(1)

/** The file's text, a character per byte. */
export const textOf = (file: string): string => gunzipSync(readFileSync(file)).toString('latin1')

export const writeText = (file: string, text: string): void =>
  writeFileSync(file, gzipSync(Buffer.from(text, 'latin1'), { level: 1 }))

/** Writes a changed text as its author would have: with a seal that is true. */
export function writeSealed(file: string, text: string, keys: MasterKeys): void {
  const content = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
  const digest = createHash('sha256').update(content, 'latin1').digest()
  writeText(file, `${content}${JSON.stringify({ mac: createKeyring(keys).hmac(MAC_PURPOSE, digest) })}\n`)
}
