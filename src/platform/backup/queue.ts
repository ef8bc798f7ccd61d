/**
 * Jobs that wait, run or have failed for good. They are stored by what they are and not as the rows of the library
 * that keeps them, whose tables may change with its version. A job that runs while the backup is made waits in it,
 * without the try that it is in: jobs run at least once.
 */
export const JOB_COLUMNS = [
  'id',
  'name',
  'payload',
  'priority',
  'run_at',
  'attempts',
  'max_attempts',
  'last_error',
  'created_at',
  'updated_at',
  'key',
]

export const COPY_JOBS_OUT = `
  copy (
    select jobs.id, tasks.identifier, jobs.payload, jobs.priority, jobs.run_at,
           case when jobs.locked_at is null then jobs.attempts else greatest(jobs.attempts - 1, 0) end,
           jobs.max_attempts, jobs.last_error, jobs.created_at, jobs.updated_at, jobs.key
      from graphile_worker._private_jobs as jobs
      join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
     order by jobs.id
  ) to stdout`

export const CREATE_JOB_STAGE = `
  create temporary table restored_jobs (
    id bigint, name text, payload json, priority smallint, run_at timestamptz, attempts smallint,
    max_attempts smallint, last_error text, created_at timestamptz, updated_at timestamptz, key text
  ) on commit drop`

export const COPY_JOBS_IN = `copy restored_jobs (${JOB_COLUMNS.join(', ')}) from stdin`

export const TAKE_JOBS_FROM_STAGE = `
  insert into graphile_worker._private_tasks (identifier)
    select distinct name from restored_jobs on conflict do nothing;
  insert into graphile_worker._private_jobs
         (id, task_id, payload, priority, run_at, attempts, max_attempts, last_error, created_at, updated_at, key)
    overriding system value
    select stage.id, tasks.id, stage.payload, stage.priority, stage.run_at, stage.attempts, stage.max_attempts,
           stage.last_error, stage.created_at, stage.updated_at, stage.key
      from restored_jobs as stage join graphile_worker._private_tasks as tasks on tasks.identifier = stage.name;
  select setval(pg_get_serial_sequence('graphile_worker._private_jobs', 'id'),
                coalesce((select max(id) from restored_jobs), 0) + 1, false)`
