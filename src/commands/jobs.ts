import { type Command, InvalidArgumentError } from 'commander'
import type { Database } from '../platform/database/index.ts'
import type { Deployment } from '../platform/deployment.ts'
import {
  countJobs,
  type DeadLetter,
  discardDeadLetter,
  listDeadLetters,
  retryDeadLetter,
} from '../platform/jobs/index.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag, table } from './answer.ts'
import { CommandFailed } from './failure.ts'
import { requireTenant, withDeployment } from './open.ts'

interface ChoiceOptions extends AnswerOptions {
  readonly tenant?: string
  readonly name?: string
}

interface ListOptions extends ChoiceOptions {
  readonly limit: number
}

interface ManyOptions extends ChoiceOptions {
  readonly all?: boolean
}

const PAGE = 100

export function addJobs(program: Command): void {
  const jobs = program.command('jobs').description('background jobs that failed for good')
  const choice = (command: Command) =>
    command
      .option('--tenant <id or domain>', 'of this tenant only')
      .option('--name <job>', 'of this kind only, e.g. mail.deliver')
      .option(...jsonFlag)
  choice(jobs.command('list'))
    .description('how many jobs wait, run and have failed, and the failed ones, oldest first')
    .option('--limit <number>', 'at most so many', wholeNumber, 100)
    .action((options: ListOptions) =>
      answer(options, (shell) => withDeployment(shell, (deployment) => list(deployment, options))),
    )
  choice(jobs.command('retry').argument('[id]', 'from the list'))
    .description('give failed jobs all their tries again')
    .option('--all', 'every failed job, or those of --tenant and --name')
    .action((id: string | undefined, options: ManyOptions) =>
      answer(options, (shell) =>
        withDeployment(shell, (deployment) => each(deployment, id, options, 'retried', retryDeadLetter)),
      ),
    )
  choice(jobs.command('discard').argument('[id]', 'from the list'))
    .description('forget failed jobs: what they had to do is not done')
    .option('--all', 'every failed job, or those of --tenant and --name')
    .action((id: string | undefined, options: ManyOptions) =>
      answer(options, (shell) =>
        withDeployment(shell, (deployment) => each(deployment, id, options, 'discarded', discardDeadLetter)),
      ),
    )
}

async function list(deployment: Deployment, options: ListOptions): Promise<Answer> {
  const { database } = deployment
  const filter = { ...(await filterOf(deployment, options)), limit: options.limit }
  const [counts, dead] = await Promise.all([
    countJobs(database.pool, deployment.clock.now()),
    listDeadLetters(database, filter),
  ])
  const summary = `${counts.ready} due, ${counts.scheduled} waiting for their time, ${counts.running} running, ${counts.dead} failed for good.`
  const rows = dead.map((job) => [job.id, job.name, job.failedAt.toISOString(), firstLine(job.lastError)])
  return {
    json: { counts, dead: dead.map(present) },
    text: dead.length === 0 ? summary : `${summary}\n\n${table(['ID', 'JOB', 'FAILED', 'WHY'], rows)}`,
  }
}

async function each(
  deployment: Deployment,
  id: string | undefined,
  options: ManyOptions,
  done: 'retried' | 'discarded',
  act: (database: Database, id: string) => Promise<boolean>,
): Promise<Answer> {
  const { database } = deployment
  if ((id === undefined) === (options.all !== true)) {
    throw new CommandFailed('Name one job by its id, or give --all. See them with: xenia jobs list', 2)
  }
  const ids: string[] = []
  if (id === undefined) {
    const filter = await filterOf(deployment, options)
    for (let after: string | undefined; ; ) {
      const page = await listDeadLetters(database, {
        ...filter,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      })
      for (const job of page) if (await act(database, job.id)) ids.push(job.id)
      after = page.at(-1)?.id
      if (after === undefined) break
    }
  } else {
    if (!(await act(database, id))) {
      throw new CommandFailed(
        `No job with the id "${id}" has failed for good. See them with: xenia jobs list`,
      )
    }
    ids.push(id)
  }
  return { json: { [done]: ids }, text: `${ids.length} job(s) ${done}.` }
}

async function filterOf(deployment: Deployment, { tenant, name }: ChoiceOptions) {
  return {
    ...(tenant === undefined ? {} : { tenantId: (await requireTenant(deployment, tenant)).id }),
    ...(name === undefined ? {} : { name }),
  }
}

const firstLine = (text: string | null): string => (text ?? '').split('\n')[0]?.slice(0, 120) ?? ''

const present = (job: DeadLetter) => ({
  ...job,
  enqueuedAt: job.enqueuedAt.toISOString(),
  failedAt: job.failedAt.toISOString(),
})

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1 on.')
  return Number(text)
}
