import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts'
import { startMark } from './processes.ts'

// As root the server runs under an account without rights, as everybody else under one's own; all tests hold in both.
const serverIds = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

let directory: string
/** Of all tests that need no first start of their own: initdb takes longer than everything else here. */
let dataDirectory: string
let databases: EmbeddedPostgres[]
let programs: ChildProcess[]

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'xenia-test-'))
  chmodSync(directory, 0o755)
})

beforeEach(() => {
  dataDirectory = join(directory, 'data')
  databases = []
  programs = []
})

afterEach(async () => {
  for (const program of programs) await kill(program)
  for (const database of databases) await database.stop()
  // A test that failed may have left a server of a killed program.
  const pid = postmasterPid()
  if (pid !== undefined && (await startMark(pid)) !== undefined) await (await start()).stop()
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function start(settings: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDirectory, settings })
  databases.push(database)
  return database
}

async function query(database: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new Client(database.connection)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** Stores a new text and returns what `recall` gives from then on. */
async function remember(database: EmbeddedPostgres): Promise<unknown[]> {
  const what = randomUUID()
  await query(database, `drop table if exists memory; create table memory as select '${what}' as what`)
  return [{ what }]
}

const recall = (database: EmbeddedPostgres) => query(database, 'select what from memory')

function postmasterPid(): number | undefined {
  const path = join(dataDirectory, 'cluster', 'postmaster.pid')
  return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : undefined
}

function runningPostmaster(): number {
  const pid = postmasterPid()
  if (pid === undefined) throw new Error('no server is recorded')
  return pid
}

interface Program {
  readonly process: ChildProcess
  readonly lines: Interface
}

/** Another program with the same data directory. `lines` is what it says. */
function runProgram(): Program {
  const fixture = new URL('./embedded.fixture.ts', import.meta.url).pathname
  // A group of its own, as a shell gives one to what it starts.
  const child = spawn(process.execPath, [fixture, dataDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  programs.push(child)
  return { process: child, lines: createInterface({ input: child.stdout }) }
}

async function nextLine(program: Program): Promise<string> {
  const ended = once(program.lines, 'close').then(() => ['ended without a word'])
  const [line] = await Promise.race([once(program.lines, 'line'), ended])
  return String(line)
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function serveAndKill(): Promise<void> {
  const program = runProgram()
  expect(await nextLine(program)).toMatch(/^serving/)
  await kill(program.process)
}

/** Kills the server itself and waits until it is gone. */
async function killPostmaster(): Promise<void> {
  const pid = runningPostmaster()
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => startMark(pid), { interval: 5 }).toBeUndefined()
}

describe('an embedded database', () => {
  test('keeps its data when it is stopped and started', async () => {
    const first = await start()
    const kept = await remember(first)
    await first.stop()

    const second = await start()
    expect(second.origin).toBe('started')
    expect(await recall(second)).toEqual(kept)
  })

  test('orders texts alike on every machine, and waits for the disk', async () => {
    const database = await start()
    expect(
      await query(
        database,
        `select current_database() as name, pg_encoding_to_char(encoding) as encoding, datlocprovider as provider,
                datlocale as locale, current_setting('synchronous_commit') as commits, current_setting('fsync') as fsync
         from pg_database where datname = current_database()`,
      ),
    ).toEqual([
      { name: 'xenia', encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', commits: 'on', fsync: 'on' },
    ])
  })

  test('is closed to the network and to whoever lacks the password', async () => {
    const database = await start()
    expect(await query(database, "select current_setting('listen_addresses') as listening")).toEqual([
      { listening: '' },
    ])
    const stranger = new Client({ ...database.connection, password: 'guessed' })
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' })
    expect(statSync(join(dataDirectory, 'superuser-password')).mode & 0o777).toBe(0o600)
    expect(statSync(database.connection.host).mode & 0o777).toBe(0o700)
  })

  test('takes settings of the caller before its own', async () => {
    const database = await start({ max_connections: '23', work_mem: '5MB' })
    expect(
      await query(
        database,
        "select current_setting('max_connections') as max, current_setting('work_mem') as work",
      ),
    ).toEqual([{ max: '23', work: '5MB' }])
  })

  test('can be stopped twice, and is gone then', async () => {
    const database = await start()
    const pid = runningPostmaster()
    await Promise.all([database.stop(), database.stop()])
    await database.stop()
    expect(await startMark(pid)).toBeUndefined()
  })

  test('starts in a directory whose path is too long for a socket', async () => {
    dataDirectory = join(directory, 'long'.repeat(30), 'data')
    const first = await start()
    const kept = await remember(first)
    await first.stop()
    expect(existsSync(first.connection.host)).toBe(false)
    expect(await recall(await start())).toEqual(kept)
  })

  test('starts below a directory that only its owner may enter', async () => {
    const closed = join(directory, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    dataDirectory = join(closed, 'data')
    const first = await start()
    const kept = await remember(first)
    await first.stop()
    expect(await recall(await start())).toEqual(kept)
  })

  test('refuses the directory of another major version, and leaves it as it is', async () => {
    await (await start()).stop()
    const versionFile = join(dataDirectory, 'cluster', 'PG_VERSION')
    writeFileSync(versionFile, '17\n')
    await expect(start()).rejects.toThrow(/made by PostgreSQL 17; .*xenia backup/)
    expect(readFileSync(versionFile, 'utf8')).toBe('17\n')
    writeFileSync(versionFile, '18\n')
    await start()
  })

  test('says so when the password of its cluster is lost', async () => {
    await (await start()).stop()
    const password = join(dataDirectory, 'superuser-password')
    renameSync(password, `${password}.away`)
    await expect(start()).rejects.toThrow(/superuser-password cannot be read/)
    writeFileSync(password, 'another')
    await expect(start()).rejects.toThrow(/does not open the database/)
    renameSync(`${password}.away`, password)
    await start()
  })

  test('bounds its log, and keeps one older part', async () => {
    await (await start()).stop()
    const log = join(dataDirectory, 'server.log')
    truncateSync(log, 6_000_000)
    await start()
    expect(statSync(`${log}.1`).size).toBe(6_000_000)
    expect(statSync(log).size).toBeLessThan(100_000)
  })

  test('says what the server said when it does not start', async () => {
    await expect(start({ shared_buffers: 'plenty' })).rejects.toThrow(/shared_buffers.*plenty/)
    await start()
  })
})

describe('after the program was killed', () => {
  test('its server is taken over with all that was committed', async () => {
    const first = await start()
    const kept = await remember(first)
    await first.stop()
    await serveAndKill()
    const left = runningPostmaster()

    const database = await start()
    expect(database.origin).toBe('adopted')
    expect(runningPostmaster()).toBe(left)
    expect(await recall(database)).toEqual(kept)

    await database.stop()
    expect(await startMark(left)).toBeUndefined()
  })

  test('its server is replaced when it should run with other settings', async () => {
    await serveAndKill()
    const database = await start({ max_connections: '23' })
    expect(database.origin).toBe('started')
    expect(await query(database, "select current_setting('max_connections') as max")).toEqual([{ max: '23' }])
  })

  test('its server is replaced when nobody can connect to it any more', async () => {
    const before = await start()
    const kept = await remember(before)
    await before.stop()
    await serveAndKill()
    const left = runningPostmaster()
    // As a cleaner of temporary directories may do.
    rmSync(before.connection.host, { recursive: true })

    const database = await start()
    expect(database.origin).toBe('started')
    expect(await startMark(left)).toBeUndefined()
    expect(await recall(database)).toEqual(kept)
  })

  test('and its server as well, the next start recovers', async () => {
    const program = runProgram()
    expect(await nextLine(program)).toBe('serving started')
    await kill(program.process)
    const adopted = await start()
    const kept = await remember(adopted)
    await killPostmaster()
    await adopted.stop()

    const database = await start()
    expect(database.origin).toBe('started')
    expect(await recall(database)).toEqual(kept)
  })

  test('and its process id is in use by something else, that is left alone', async () => {
    const first = await start()
    const kept = await remember(first)
    await killPostmaster()
    await first.stop()
    const bystander = spawn('/bin/sleep', ['1000'], { ...serverIds, cwd: '/', stdio: 'ignore' })
    programs.push(bystander)
    await once(bystander, 'spawn')
    const pidFile = join(dataDirectory, 'cluster', 'postmaster.pid')
    const socketLock = join(first.connection.host, '.s.PGSQL.5432.lock')
    mkdirSync(first.connection.host, { recursive: true })
    for (const path of [pidFile, socketLock]) {
      const recorded = readFileSync(pidFile, 'utf8').replace(/^\d+/, String(bystander.pid))
      writeFileSync(path, recorded)
    }

    const database = await start()
    expect(await recall(database)).toEqual(kept)
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull()
  })

  test('in the middle of its first start, the next start begins again', async () => {
    dataDirectory = join(directory, 'interrupted')
    mkdirSync(dataDirectory, { mode: 0o711 })
    const drafts = () => readdirSync(dataDirectory).filter((name) => name.startsWith('initializing-'))
    const watcher = watch(dataDirectory)
    const program = runProgram()
    while (drafts().length === 0) await once(watcher, 'change')
    watcher.close()
    await kill(program.process)
    expect(existsSync(join(dataDirectory, 'cluster'))).toBe(false)

    const first = await start()
    const kept = await remember(first)
    await first.stop()
    expect(await recall(await start())).toEqual(kept)
    expect(drafts()).toEqual([])
  })
})

describe('while a program lives', () => {
  test('a second one is refused and told what to do, and the first serves on', async () => {
    const database = await start()
    const second = runProgram()
    expect(await nextLine(second)).toMatch(
      new RegExp(
        `^refused .*in use by another Xenia \\(process ${process.pid}.*XENIA_DATA_DIR.*DATABASE_URL`,
      ),
    )
    expect(await query(database, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('it cannot start the same database twice itself', async () => {
    await start()
    await expect(start()).rejects.toThrow(/in use by this same program/)
  })

  test('its hung server is not taken for one left behind', async () => {
    const database = await start()
    rmSync(database.connection.host, { recursive: true })
    const pid = runningPostmaster()
    expect(await nextLine(runProgram())).toMatch(/^refused/)
    expect(await startMark(pid)).toBeDefined()
  })

  test('in another container, its answering server shows that it lives', async () => {
    const database = await start()
    const [owner = ''] = readdirSync(dataDirectory).filter((name) => name.startsWith('owner-'))
    const path = join(dataDirectory, owner)
    const [pid, mark, , state] = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [pid, mark, 'elsewhere pid:[1]', state, ''].join('\n'))
    expect(await nextLine(runProgram())).toMatch(/^refused .*on elsewhere/)

    await database.stop()
    writeFileSync(path, [pid, mark, 'elsewhere pid:[1]', 'held', ''].join('\n'))
    expect(await nextLine(runProgram())).toBe('serving started')
  })

  test('of several started at once exactly one gets the database', async () => {
    dataDirectory = join(directory, 'contended')
    const contenders = Array.from({ length: 4 }, runProgram)
    const answers = await Promise.all(contenders.map(nextLine))
    expect(answers.map((answer) => answer.split(' ')[0]).sort()).toEqual([
      'refused',
      'refused',
      'refused',
      'serving',
    ])
  })

  test('Ctrl-C reaches the program and not its server, so the last requests are served', async () => {
    const program = runProgram()
    expect(await nextLine(program)).toBe('serving started')
    const pid = runningPostmaster()
    const said = nextLine(program)
    // What a terminal does: every process of the foreground group gets it.
    process.kill(-(program.process.pid ?? Number.NaN), 'SIGINT')
    expect(await said).toBe('stopped in order')
    expect(await startMark(pid)).toBeUndefined()
  })
})
