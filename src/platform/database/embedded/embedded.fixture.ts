import { Client } from 'pg'
import { startEmbeddedPostgres } from './index.ts'

/**
 * A program with an embedded database, for tests that kill one. Says one line, `serving <origin>` or
 * `refused <message>`. On Ctrl-C it still uses the database, as a program does that finishes its requests.
 */
const dataDirectory = process.argv[2]
if (dataDirectory === undefined) throw new Error('usage: embedded.fixture.ts <data directory>')

try {
  const database = await startEmbeddedPostgres({ dataDirectory })
  const stayAlive = setInterval(() => {}, 60_000)
  process.on('SIGINT', async () => {
    const client = new Client(database.connection)
    await client.connect()
    await client.query('select 1')
    await client.end()
    await database.stop()
    clearInterval(stayAlive)
    console.log('stopped in order')
  })
  console.log(`serving ${database.origin}`)
} catch (error) {
  console.log(`refused ${error instanceof Error ? error.message : error}`)
}
