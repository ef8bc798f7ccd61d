import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/**
 * A loopback port that is free now, for servers whose own address must be known before they listen; of a `count`,
 * the first of so many that follow each other.
 */
export async function freePort(count = 1): Promise<number> {
  const first = await listen(0)
  if (first === null) throw new Error('There is no free port.')
  const port = portOf(first)
  const next = await Promise.all(Array.from({ length: count - 1 }, (_, offset) => listen(port + 1 + offset)))
  await Promise.all([first, ...next].map((server) => server && close(server)))
  return next.includes(null) ? freePort(count) : port
}

/** Null where the port is taken. */
async function listen(port: number): Promise<Server | null> {
  if (port > 65_535) return null
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return null
  }
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has an address.')
  return address.port
}
