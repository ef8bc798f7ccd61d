import { afterAll, inject } from 'vitest'
import { type Database, openDatabase } from '../../src/platform/database/index.ts'

/** Opens the run's shared database for one test file and closes it after the file's last test. */
export function testDatabase(): Database {
  const database = openDatabase({ ...inject('database'), max: 8 })
  afterAll(() => database.close())
  return database
}
