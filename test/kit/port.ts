import { once } from 'node:events'
import { createServer } from 'node:net'

/** A loopback port that is free now, for servers whose own address must be known before they listen. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has an address.')
  return address.port
}
