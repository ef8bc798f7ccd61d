/**
 * `npm run bench`: figures of this machine, each beside a yardstick that was measured in the same run. What is
 * measured and how: docs/performance.md. `--quick` takes a short look; its figures are not for keeping.
 */
import { embeddedDirectory } from '../src/open-deployment.ts'
import { connectEmbeddedPostgres } from '../src/platform/database/embedded/connect.ts'
import { openBareSql } from './bare-sql.ts'
import { type BenchDeployment, makeDeployment } from './deployment.ts'
import { measureGraph } from './graph.ts'
import { measureInvitations, startMailSink } from './invitations.ts'
import { describeMachine, type Line, milliseconds, percent, perSecond, printTable } from './report.ts'
import { measureStart } from './start.ts'
import { measureTenants } from './tenants.ts'
import { measureTokens } from './tokens.ts'

const quick = process.argv.includes('--quick')
const rounds = quick ? 1 : 5
const seconds = quick ? 2 : 5
const FEW = 10
const MANY = quick ? 100 : 1_000
const PEOPLE = quick ? 500 : 5_000

console.log(describeMachine())
const mail = await startMailSink()
console.log(`Making ${FEW} tenants, one with ${PEOPLE} people, and ${MANY} tenants elsewhere …`)
const few = await makeDeployment(FEW, PEOPLE, mail.url)
const many = await makeDeployment(MANY, 0, mail.url)
try {
  const lines = [...(await starts(few)), ...(await alone(few)), ...(await both(few, many))]
  printTable(lines)
  process.exitCode = lines.some(({ bar }) => bar?.met === false) ? 1 : 0
} finally {
  await Promise.all([few.remove(), many.remove()])
  await mail.close()
}

async function starts(deployment: BenchDeployment): Promise<readonly Line[]> {
  say('start and memory')
  const { readyMilliseconds, idleMegabytes } = await measureStart(deployment)
  return [
    {
      what: 'Restart to ready',
      figure: milliseconds(readyMilliseconds),
      beside: '',
      ratio: '',
      bar: { text: '< 3 s', met: readyMilliseconds < 3_000 },
    },
    {
      what: 'Idle memory, without the database',
      figure: `${Math.round(idleMegabytes)} MB`,
      beside: '',
      ratio: '',
      bar: { text: '< 256 MB', met: idleMegabytes < 256 },
    },
  ]
}

async function alone(deployment: BenchDeployment): Promise<readonly Line[]> {
  const program = await deployment.start()
  const connection = await connectEmbeddedPostgres(embeddedDirectory(deployment.config))
  if (connection === undefined) throw new Error('The database does not run.')
  const sql = openBareSql(deployment.config, connection)
  try {
    say('tokens')
    const tokens = await measureTokens(deployment, rounds, seconds)
    say('Graph')
    const graph = await measureGraph(deployment, sql, rounds, seconds)
    say('invitations')
    const invitations = await measureInvitations(deployment, rounds, seconds)
    return [
      {
        what: 'Client-credentials tokens',
        figure: perSecond(tokens.xenia),
        beside: `${perSecond(tokens.bare)} bare oidc-provider`,
        ratio: percent(tokens.xenia / tokens.bare),
        bar: { text: '≥ 60 %', met: tokens.xenia / tokens.bare >= 0.6 },
      },
      compared('Client-credentials tokens', tokens.xenia, tokens.signing, 'RS256 signatures alone'),
      compared(
        'Graph: one user by id',
        graph.pointReads.graph,
        graph.pointReads.sql,
        'the same SQL by the driver alone',
      ),
      compared(
        'Graph: 25 users by a filter',
        graph.filteredLists.graph,
        graph.filteredLists.sql,
        'the same SQL by the driver alone',
      ),
      {
        what: 'Invitations, each with a mail',
        figure: perSecond(invitations.perSecond),
        beside: '',
        ratio: '',
        bar: null,
      },
      {
        what: '500 rows from a CSV file, until all are done',
        figure: milliseconds(invitations.importMilliseconds),
        beside: '',
        ratio: '',
        bar: { text: '< 5 s', met: invitations.importMilliseconds < 5_000 },
      },
    ]
  } finally {
    await sql.close()
    await program.stop()
  }
}

async function both(one: BenchDeployment, other: BenchDeployment): Promise<readonly Line[]> {
  say('tenants')
  const programs = [await one.start(), await other.start()]
  try {
    const { few: short, many: long } = await measureTenants(one, other, rounds, seconds)
    const medians = long.medianMilliseconds / short.medianMilliseconds
    return [
      {
        what: `A token, median, ${MANY} tenants in turn`,
        figure: milliseconds(long.medianMilliseconds),
        beside: `${milliseconds(short.medianMilliseconds)} with ${FEW} tenants`,
        ratio: percent(medians),
        // A quarter more is what two runs with the same number of tenants may differ by here.
        bar: { text: 'the same (≤ 125 %)', met: medians <= 1.25 },
      },
      {
        what: `A token, slowest of a hundred, ${MANY} tenants in turn`,
        figure: milliseconds(long.p99Milliseconds),
        beside: `${milliseconds(short.p99Milliseconds)} with ${FEW} tenants`,
        ratio: percent(long.p99Milliseconds / short.p99Milliseconds),
        bar: null,
      },
    ]
  } finally {
    for (const program of programs) await program.stop()
  }
}

function compared(what: string, own: number, yardstick: number, name: string): Line {
  return {
    what,
    figure: perSecond(own),
    beside: `${perSecond(yardstick)} ${name}`,
    ratio: percent(own / yardstick),
    bar: null,
  }
}

function say(what: string): void {
  console.log(`Measuring: ${what} …`)
}
