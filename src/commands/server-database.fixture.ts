import { randomBytes } from 'node:crypto'
import { Client, type ClientConfig } from 'pg'
import { afterAll, inject } from 'vitest'
import { addressOf } from './open.ts'

export interface ServerDatabase {
  /** For `DATABASE_URL`. */
  readonly url: string
  query<T extends object>(text: string): Promise<T[]>
}

async function queryOn<T extends object>(on: ClientConfig, text: string): Promise<T[]> {
  const client = new Client(on)
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

/** An empty database on the run's server, until the test file ends. Call it inside tests and hooks. */
export async function serverDatabase(): Promise<ServerDatabase> {
  const server = inject('database')
  const name = `xenia_cli_${randomBytes(6).toString('hex')}`
  await queryOn(server, `create database ${name}`)
  created.push(name)
  const url = urlOf({ ...server, database: name })
  return { url, query: (text) => queryOn({ connectionString: url }, text) }
}

const created: string[] = []
afterAll(async () => {
  for (const name of created) await queryOn(inject('database'), `drop database ${name} with (force)`)
})

function urlOf({ connectionString, host, port, user, password, database }: ClientConfig): string {
  if (connectionString === undefined) {
    if (typeof password !== 'string') throw new TypeError('The run’s server has a password.')
    return addressOf({
      host: host ?? '',
      port: port ?? 5432,
      user: user ?? '',
      password,
      database: database ?? '',
    })
  }
  const url = new URL(connectionString)
  url.pathname = `/${database ?? ''}`
  return url.href
}
