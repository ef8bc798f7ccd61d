import { Pool, type PoolConfig } from 'pg'

/**
 * A small pool of the login role for the queue alone: its statements cannot run in the pipelined pool of the
 * requests, and a burst of requests must not keep jobs from being taken or a node from giving its sign of life.
 */
export function openWorkerPool(connection: PoolConfig, max: number): Pool {
  const pool = new Pool({ application_name: 'xenia-jobs', ...connection, max })
  // Lost connections are replaced when next needed; without listeners Node would exit. On clients, too, since
  // graphile-worker complains on the console about a pool that has none there.
  const ignore = () => {}
  pool.on('error', ignore)
  pool.on('connect', (client) => void client.on('error', ignore))
  return pool
}
