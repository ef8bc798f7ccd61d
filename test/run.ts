/**
 * `npm test`: everything that must hold, in one command. Format, lint and types first, then all tests, browser
 * included. The last line reads `N passed, N failed`.
 *
 * `--server`: only the tests that meet a database, for a run against the server in XENIA_TEST_DATABASE_URL.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium } from './kit/browser.ts'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

const run = (command: string, parameters: readonly string[]): boolean =>
  spawnSync(command, parameters, { cwd: root, stdio: 'inherit' }).status === 0

function check(name: string, command: string, parameters: readonly string[]): boolean {
  console.log(`\n# ${name}`)
  return run(command, parameters)
}

interface Totals {
  readonly passed: number
  readonly failed: number
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
}

function runTests(parameters: readonly string[]): Totals {
  const directory = mkdtempSync(join(tmpdir(), 'xenia-report-'))
  const file = join(directory, 'report.json')
  try {
    const passed = run(process.execPath, [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...parameters,
    ])
    // The file is what vitest wrote; its shape is vitest's.
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
    // A file that could not even be loaded has no failed test, but must not pass for nothing.
    const failed = Math.max(report.numFailedTests, passed ? 0 : Math.max(1, report.numFailedTestSuites))
    return { passed: report.numPassedTests, failed }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Tests of the embedded database and of browsers say nothing about another PostgreSQL. */
const withoutServer = [
  '**/*.browser.test.ts',
  'src/platform/database/embedded/**',
  'test/journeys/**',
  'src/commands/**',
]

const serverOnly = process.argv.includes('--server')
const checks = serverOnly
  ? []
  : [
      check('format and lint', bin('biome'), ['check', '--error-on-warnings', '.']),
      check('types', process.execPath, [join(root, 'node_modules/ts7/bin/tsc'), '-p', '.']),
      check('nothing unused', bin('knip'), []),
    ]
if (!serverOnly) console.log(`\n# browser: ${await findChromium()}`)

console.log(`\n# tests${serverOnly ? ' against the server' : ''}`)
const tests = runTests(serverOnly ? withoutServer.flatMap((pattern) => ['--exclude', pattern]) : [])
const passed = tests.passed + checks.filter(Boolean).length
const failed = tests.failed + checks.filter((ok) => !ok).length
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
