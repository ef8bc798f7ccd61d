/** Background jobs: durable, tried again, and shown when they fail for good. */
export { countJobs, type JobCounts } from './counts.ts'
export {
  type DeadLetter,
  type DeadLetterFilter,
  discardDeadLetter,
  listDeadLetters,
  retryDeadLetter,
} from './dead-letters.ts'
export { type EnqueueOptions, enqueue } from './enqueue.ts'
export { installJobs } from './install.ts'
export {
  type Attempt,
  defineJob,
  defineRecurring,
  type Job,
  type JobMetrics,
  PermanentFailure,
  type RecurringJob,
} from './model.ts'
export { createJobRunner, type JobRunner, type JobRunnerOptions } from './runner.ts'
