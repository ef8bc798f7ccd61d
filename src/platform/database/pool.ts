import { Pool, type PoolConfig } from 'pg'

/**
 * A pool whose lost connections are no accident of the whole program: an idle one is replaced at the next request,
 * and one that the server ends while it is being closed is simply closed. Without these listeners Node would exit.
 */
export function openPool(options: PoolConfig): Pool {
  const pool = new Pool(options)
  pool.on('error', () => {})
  // The pool takes its own listener off a client that it closes, before the connection is gone.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
