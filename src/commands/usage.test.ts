import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { commandLine } from './cli.fixture.ts'

const { run, shell, directory } = commandLine()

/** Some tests run the program several times, on machines that do other things as well. */
vi.setConfig({ testTimeout: 60_000 })

const STACK_TRACE = /\n\s+at /

describe('the command line', () => {
  test.each([[['--help']], [['tenant', '--help']], [['help', 'backup']], [['--version']]])(
    'explains itself: %j',
    async (words) => {
      const { code, stdout, stderr } = await run(words)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/Usage: xenia|^\d+\.\d+\.\d+\n$/)
    },
  )

  test.each([
    [[], 'Usage: xenia'],
    [['tenant'], 'Usage: xenia tenant'],
    [['tenat', 'list'], "unknown command 'tenat'"],
    [['tenant', 'list', '--fast'], "unknown option '--fast'"],
    [['tenant', 'create', 'contoso.example'], "'--name <display name>' not specified"],
    [
      ['tenant', 'create', 'a.example', '--name', 'A', '--type', 'family'],
      'Allowed choices are workforce, external',
    ],
    [['jobs', 'list', '--limit', '-1'], "'--limit <number>' argument '-1' is invalid"],
    [['user', 'create', 'a@b.example', '--name', 'A', '--role', 'Boss'], 'There is no directory role "Boss"'],
    [
      ['app', 'create', 'A', '--tenant', 'b.example', '--permission', 'Boss.All'],
      '"Boss.All" is no permission',
    ],
    [['user', 'create', 'a@b.example', '--name', 'A', '--password-stdin'], 'No password came'],
  ])('refuses what it does not understand with exit code 2, and touches nothing: %j', async (words, said) => {
    const { code, stdout, stderr } = await run(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(said)
    expect(stderr).not.toMatch(STACK_TRACE)
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })
})

test('a reader that has gone is no failure', async () => {
  expect(await shell('npx xenia --help | true')).toEqual({ code: 0, stdout: '', stderr: '' })
})

describe('a wrong configuration', () => {
  const wrong = { PORT: 'eighty', XENIA_MODE: 'production' }

  test('is exit code 2 and every problem with its remedy', async () => {
    for (const words of [['tenant', 'list'], ['serve'], ['backup', 'file']]) {
      const { code, stdout, stderr } = await run(words, wrong)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('PORT: "eighty" is not a port.\n    Set a whole number')
      expect(stderr).toContain('XENIA_MASTER_KEY: Production mode refuses the public default.\n    Make one')
    }
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })

  test('is one document for scripts', async () => {
    const { code, stdout } = await run(['tenant', 'list', '--json'], wrong)
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { problems: expect.arrayContaining([expect.objectContaining({ setting: 'PORT' })]) },
    })
  })
})

describe('a database that cannot be reached', () => {
  const away = { DATABASE_URL: 'postgres://xenia:hunter2@127.0.0.1:1/xenia' }

  test('is one line that says what to do, without the password', async () => {
    const { code, stdout, stderr } = await run(['tenant', 'list'], away)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^xenia: The database cannot be reached .*Check DATABASE_URL.*\n$/)
    expect(stderr).not.toContain('hunter2')
  })

  test('is one document for scripts, and a stack trace only for whoever asks', async () => {
    const { code, stdout, stderr } = await run(['tenant', 'list', '--json'], {
      ...away,
      XENIA_LOG_LEVEL: 'debug',
    })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ error: { message: expect.stringContaining('cannot be reached') } })
    expect(stderr).toMatch(STACK_TRACE)
    expect(stderr).not.toContain('hunter2')
  })
})
