import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Account, handOver } from './account.ts'
import { EmbeddedPostgresError } from './error.ts'
import { nameFor, type Place } from './place.ts'

export const superuser = 'postgres'

const draftPrefix = 'initializing-'

/** Nothing of the caller's: a PGPORT or LC_ALL of theirs must not change the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env
  return {
    TZ: 'UTC',
    LC_ALL: 'C',
    ...(PATH === undefined ? {} : { PATH }),
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
  }
}

/** For `spawn`. The working directory is one that every account may enter; ours may be closed to the server's. */
export function runAs(account: Account | undefined) {
  return {
    cwd: process.platform === 'win32' ? undefined : '/',
    env: serverEnvironment(),
    windowsHide: true,
    ...account,
  }
}

/** Makes the cluster on the first start; later only checks that this server can read it. */
export async function ensureCluster(
  place: Place,
  binaries: { readonly native: string; readonly version: string },
): Promise<'created' | 'existing'> {
  removeDrafts(place.directory)
  if (existsSync(place.cluster)) {
    checkVersion(place, binaries.version)
    return 'existing'
  }
  await createCluster(place, binaries.native)
  return 'created'
}

/** What a program left that was killed during its first start. */
function removeDrafts(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(draftPrefix)) continue
    try {
      rmSync(join(directory, name), { recursive: true, force: true })
    } catch {
      // Its initdb may still be writing there. It ends by itself, and the next start removes what it wrote.
    }
  }
}

/**
 * initdb works in a draft directory that is renamed when all is on disk, so a cluster is whole or absent. Its
 * password is written before that rename: there is never a cluster without the password that opens it.
 */
async function createCluster(place: Place, native: string): Promise<void> {
  const draft = join(place.directory, draftPrefix + randomUUID())
  const password = randomBytes(24).toString('base64url')
  mkdirSync(draft, { mode: 0o700 })
  writeFileSync(join(draft, 'password'), password, { mode: 0o600 })
  handOver(join(draft, 'password'), place.account)
  handOver(draft, place.account)
  try {
    await runInitdb(place, native, draft)
    writeFileSync(place.passwordFile, password, { mode: 0o600, flush: true })
    renameSync(join(draft, 'cluster'), place.cluster)
    flushDirectory(place.directory)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function runInitdb(place: Place, native: string, draft: string): Promise<void> {
  const named = nameFor(place.account, draft)
  const child = spawn(
    join(native, 'bin', 'initdb'),
    [
      '-D',
      `${named.path}/cluster`,
      `--username=${superuser}`,
      `--pwfile=${named.path}/password`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order of texts on every machine, whatever its C library or language.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ],
    { ...runAs(place.account), stdio: ['ignore', 'pipe', 'pipe', named.descriptor ?? 'ignore'] },
  )
  if (named.descriptor !== undefined) closeSync(named.descriptor)
  return new Promise((resolve, reject) => {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    const fail = (why: string, cause?: Error) =>
      reject(
        new EmbeddedPostgresError(
          'startFailed',
          `The embedded database could not be created in ${place.directory}: ${why}\n${output}`.trim(),
          { cause },
        ),
      )
    child.once('error', (error) => fail(error.message, error))
    child.once('close', (code, signal) =>
      code === 0 ? resolve() : fail(`initdb ended with ${code ?? signal}.`),
    )
  })
}

/** Otherwise a power failure may forget the rename. Windows cannot open a directory. */
function flushDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function checkVersion(place: Place, version: string): void {
  const made = readOwn(join(place.cluster, 'PG_VERSION'), place)
  const brought = version.split('.')[0]
  if (made === brought) return
  throw new EmbeddedPostgresError(
    'otherMajorVersion',
    `The database in ${place.directory} was made by PostgreSQL ${made}; this Xenia brings PostgreSQL ${brought}, ` +
      'which cannot open it. Nothing was changed. Run `xenia backup` with the Xenia that made it, then `xenia ' +
      'restore` with this one and an empty XENIA_DATA_DIR.',
  )
}

export function readPassword(place: Place): string {
  return readOwn(place.passwordFile, place)
}

function readOwn(path: string, place: Place): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'notOurs',
      `${path} cannot be read, so the database in ${dirname(place.cluster)} cannot be opened. Run Xenia under the ` +
        'account that made it (or root), or bring the file back from where it was moved to.',
      { cause },
    )
  }
}
