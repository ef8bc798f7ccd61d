import { Client, DatabaseError } from 'pg'
import { superuser } from './cluster.ts'
import type { Endpoint } from './place.ts'

export const databaseName = 'xenia'

export type Answer =
  | 'ready'
  /** It is a server, but is starting, recovering, stopping or full. */
  | 'busy'
  | 'wrongPassword'
  | 'databaseMissing'
  | 'silent'

export interface Credentials extends Endpoint {
  readonly password: string
}

async function withClient<T>(
  credentials: Credentials,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ ...credentials, user: superuser, database, connectionTimeoutMillis: 2_000 })
  // A server that ends the connection while we close it is no failure of ours.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Opens a real connection: only that shows that clients can be served. */
export async function probe(credentials: Credentials): Promise<Answer> {
  try {
    await withClient(credentials, databaseName, async () => {})
    return 'ready'
  } catch (error) {
    if (!(error instanceof DatabaseError)) return 'silent'
    if (error.code === '28P01') return 'wrongPassword'
    if (error.code === '3D000') return 'databaseMissing'
    return 'busy'
  }
}

export async function createDatabase(credentials: Credentials): Promise<void> {
  await withClient(credentials, 'postgres', (client) => client.query(`create database ${databaseName}`))
}
