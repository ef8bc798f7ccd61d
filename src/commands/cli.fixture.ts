import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const program = fileURLToPath(new URL('../../bin/xenia.ts', import.meta.url))

/** Half of a short command's time is compiling the program, over and over. */
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/xenia-tests', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export type Settings = Readonly<Record<string, string>>

/**
 * The real program in a data directory of its own, without any setting of whoever runs the tests. Once per test
 * file, outside its tests: it tidies up after the last one.
 */
export function commandLine(settings: Settings = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'xenia-cli-'))
  const running = new Set<ChildProcess>()
  afterAll(async () => {
    for (const child of running) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    rmSync(directory, { recursive: true, force: true })
  })

  const { PATH = '' } = process.env
  const environment = (more: Settings) => ({
    PATH,
    NODE_COMPILE_CACHE: compileCache,
    XENIA_DATA_DIR: join(directory, 'data'),
    ...settings,
    ...more,
  })

  function start(command: string, words: readonly string[], more: Settings = {}): ChildProcess {
    const child = spawn(command, words, { cwd: directory, env: environment(more), stdio: 'pipe' })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }

  async function end(child: ChildProcess, input = ''): Promise<Ended> {
    const { stdin, stdout, stderr } = child
    if (stdin === null || stdout === null || stderr === null) throw new TypeError('All three are pipes.')
    // A program that reads nothing may be gone before this is written.
    stdin.on('error', () => {})
    stdin.end(input)
    const [out, err, [code]] = await Promise.all([readText(stdout), readText(stderr), once(child, 'close')])
    return { code: typeof code === 'number' ? code : null, stdout: out, stderr: err }
  }

  async function run(words: readonly string[], more: Settings = {}, input = ''): Promise<Ended> {
    return end(start(process.execPath, [program, ...words], more), input)
  }

  return {
    directory,
    run,

    /** Runs a command with `--json`, which must succeed, and gives its document. */
    async json(words: readonly string[], more: Settings = {}, input = ''): Promise<unknown> {
      const { code, stdout, stderr } = await run([...words, '--json'], more, input)
      if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`)
      return JSON.parse(stdout)
    },

    /**
     * Starts a server and waits until it says that it is ready. `stop` is what an operator does.
     * @param before what the shell does first: exports.
     */
    async serve(words: readonly string[], more: Settings = {}, before = '') {
      const command = `${before}\nexec "${process.execPath}" "${program}" ${words.join(' ')}`
      const child = start('sh', ['-c', command], more)
      const { stdout, stderr } = child
      if (stdout === null || stderr === null) throw new TypeError('Both are pipes.')
      let said = ''
      stderr.setEncoding('utf8').on('data', (part: string) => {
        said += part
      })
      const [first] = await Promise.race([
        once(stdout.setEncoding('utf8'), 'data'),
        once(child, 'exit').then(() => {
          throw new Error(`The server did not start: ${said}`)
        }),
      ])
      return {
        pid: child.pid ?? Number.NaN,
        ready: String(first),
        async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
          const gone = once(child, 'exit')
          child.kill(signal)
          const [code] = await gone
          return typeof code === 'number' ? code : null
        },
      }
    },

    /** A script as an operator would type it, ended by its first failing command. `npx xenia` is this program. */
    shell(script: string, more: Settings = {}, input = ''): Promise<Ended> {
      const npx = `npx() { if [ "$1" = xenia ]; then shift; "${process.execPath}" "${program}" "$@"; else shift; "${process.execPath}" "$@"; fi; }`
      return end(start('sh', ['-e', '-c', `${npx}\n${script}`], more), input)
    },
  }
}
