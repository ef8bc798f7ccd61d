import type { Pool, PoolConfig } from 'pg'
import { openPool } from '../database/pool.ts'

/**
 * A small pool of the login role for the queue alone: its statements cannot run in the pipelined pool of the
 * requests, and a burst of requests must not keep jobs from being taken or a node from giving its sign of life.
 */
export const openWorkerPool = (connection: PoolConfig, max: number): Pool =>
  openPool({ application_name: 'xenia-jobs', ...connection, max })
