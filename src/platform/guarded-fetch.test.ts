import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { GuardedFetcher, GuardedFetcherOptions, GuardedRequest } from './guarded-fetch.ts'
import { createGuardedFetcher, fetchThrough, GuardedFetchError } from './guarded-fetch.ts'
import type { SelfSignedCertificate } from './tls.ts'
import { selfSigned } from './tls.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

// 127.0.0.1 is on the allow list of most tests here and plays the public internet; 127.0.0.2 plays what lies inside.
const OUTSIDE = '127.0.0.1'
const INSIDE = '127.0.0.2'

let directory: string
let certificate: SelfSignedCertificate
let ca: string
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'xenia-fetch-'))
  certificate = await selfSigned({ directory, hostnames: ['good.test', 'other.test'] })
  ca = await readFile(certificate.caFile, 'utf8')
})
afterAll(() => rm(directory, { recursive: true }))
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(handler: Handler, plain = false) {
  const seen: IncomingMessage[] = []
  const listener: Handler = (request, response) => {
    seen.push(request)
    handler(request, response)
  }
  const server = plain
    ? createPlainServer({ maxHeaderSize: 65_536 }, listener)
    : createServer({ key: certificate.key, cert: certificate.cert }, listener)
  await new Promise<void>((resolve) => server.listen(0, OUTSIDE, resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  // A server that listens on TCP has an `AddressInfo`.
  return { port: (server.address() as AddressInfo).port, seen }
}

/** A fetcher whose names all resolve to the outside unless said otherwise; `asked` are the names it looked up. */
function fetcher(options: GuardedFetcherOptions = {}): GuardedFetcher & { asked: string[] } {
  const asked: string[] = []
  const resolve = options.resolve ?? (async () => [OUTSIDE])
  const made = createGuardedFetcher({
    allow: [`${OUTSIDE}/32`],
    ca: [ca],
    ...options,
    resolve: (hostname) => {
      asked.push(hostname)
      return resolve(hostname)
    },
  })
  cleanups.push(() => made.close())
  return { ...made, asked }
}

async function refusal(
  from: GuardedFetcher,
  url: string,
  request?: GuardedRequest,
): Promise<GuardedFetchError> {
  const error: unknown = await from.fetch(url, request).then(
    () => 'no refusal',
    (thrown: unknown) => thrown,
  )
  if (error instanceof GuardedFetchError) return error
  throw error
}

const kindOf = async (from: GuardedFetcher, url: string, request?: GuardedRequest) =>
  (await refusal(from, url, request)).kind

describe('addresses that are refused', () => {
  test.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://①②⑦.0.0.1/',
    'https://0/',
    'https://0.0.0.0/',
    'https://10.0.0.1/',
    'https://100.64.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://168.63.129.16/',
    'https://192.168.0.1/',
    'https://224.0.0.1/',
    'https://[::]/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:7f00:1::]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[ff02::1]/',
  ])('%s, without asking any resolver', async (url) => {
    const from = fetcher({ allow: [] })
    expect(await kindOf(from, url)).toBe('blocked')
    expect(from.asked).toEqual([])
  })

  test.each([
    'http://good.test/',
    'http://8.8.8.8/',
    'ftp://good.test/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:1',
    'good.test',
    '/path',
    '',
    'https://',
    'https://user@good.test/',
    'https://user:secret@good.test/',
    'https://:secret@good.test/',
  ])('%s, for its form', async (url) => {
    const from = fetcher()
    const error = await refusal(from, url)
    expect(error.kind).toBe('blocked')
    expect(error.url + error.message).not.toContain('secret')
    expect(from.asked).toEqual([])
  })

  test.each([
    [['10.0.0.1']],
    [['127.0.0.1']],
    [['169.254.169.254']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['fe80::1%lo']],
    [['fd00::1']],
    [['8.8.8.8', '10.0.0.1']],
    [['localhost']],
  ])(
    'a name that resolves to %s, without a connection and without telling what it resolved to',
    async (addresses) => {
      const { port, seen } = await serve((_, response) => void response.end('inside'))
      const from = fetcher({ allow: [], resolve: async () => addresses })
      const error = await refusal(from, `https://good.test:${port}/`)
      expect(error.kind).toBe('blocked')
      for (const address of addresses) expect(error.message).not.toContain(address)
      expect(seen).toHaveLength(0)
    },
  )

  test('a name that first resolves outside and then inside (DNS rebinding)', async () => {
    const { port, seen } = await serve((_, response) => {
      response.setHeader('connection', 'close')
      response.end('outside')
    })
    const answers = [[OUTSIDE], [INSIDE]]
    const from = fetcher({ resolve: async () => answers.shift() ?? [] })
    const first = await from.fetch(`https://good.test:${port}/`)
    // One question for one connection: what was checked is what was connected to.
    expect(first.body.toString()).toBe('outside')
    expect(from.asked).toEqual(['good.test'])

    expect(await kindOf(from, `https://good.test:${port}/`)).toBe('blocked')
    expect(seen).toHaveLength(1)
  })
})

describe('what the operator allows', () => {
  test('a listed name may resolve to anything; another name may not', async () => {
    const { port } = await serve((_, response) => void response.end('ours'))
    const from = fetcher({ allow: [`good.test:${port}`] })
    expect((await from.fetch(`https://good.test:${port}/`)).status).toBe(200)
    expect(await kindOf(from, `https://other.test:${port}/`)).toBe('blocked')
  })

  test('plain http is for listed loopback only', async () => {
    const { port, seen } = await serve((_, response) => void response.end('plain'), true)
    const listed = fetcher({ allow: ['localhost', OUTSIDE, '10.0.0.0/8', 'app.internal'] })
    expect((await listed.fetch(`http://${OUTSIDE}:${port}/`)).body.toString()).toBe('plain')
    expect((await listed.fetch(`http://localhost:${port}/`)).body.toString()).toBe('plain')
    expect(await kindOf(listed, `http://10.0.0.1:${port}/`)).toBe('blocked')

    const moved = fetcher({ allow: ['app.internal'], resolve: async () => ['10.0.0.1'] })
    expect(await kindOf(moved, `http://app.internal:${port}/`)).toBe('blocked')
    expect(await kindOf(fetcher({ allow: [] }), `http://${OUTSIDE}:${port}/`)).toBe('blocked')
    expect(seen).toHaveLength(2)
  })
})

describe('redirects', () => {
  async function redirecting(location: string, status = 302) {
    return serve((request, response) => {
      if (request.url === '/')
        response.writeHead(status, { location: location.replace('SELF', host(request)) })
      response.end('end')
    })
  }
  const host = (request: IncomingMessage) => request.headers.host ?? ''

  test('none is followed unless asked for', async () => {
    const { port, seen } = await redirecting('/next')
    expect(await kindOf(fetcher(), `https://good.test:${port}/`)).toBe('tooManyRedirects')
    expect(seen).toHaveLength(1)
  })

  test('as many as asked for are followed, and the last address is told', async () => {
    const { port, seen } = await redirecting('/next', 307)
    const answer = await fetcher().fetch(`https://good.test:${port}/`, { maxRedirects: 1 })
    expect(answer).toMatchObject({ status: 200, url: `https://good.test:${port}/next` })
    expect(seen.map((request) => request.url)).toEqual(['/', '/next'])
  })

  test('a circle ends', async () => {
    const { port, seen } = await redirecting('/')
    expect(await kindOf(fetcher(), `https://good.test:${port}/`, { maxRedirects: 3 })).toBe(
      'tooManyRedirects',
    )
    expect(seen).toHaveLength(4)
  })

  test.each([
    `https://${INSIDE}/`,
    'https://2130706434/',
    'https://[::1]/',
    'http://good.test/',
    'https://user:secret@SELF/next',
    'https://inside.test/',
    'file:///etc/passwd',
    'https://[bad/',
  ])('a redirect to %s is refused', async (location) => {
    const { port, seen } = await redirecting(location)
    const from = fetcher({ resolve: async (name) => [name === 'inside.test' ? INSIDE : OUTSIDE] })
    const error = await refusal(from, `https://good.test:${port}/`, { maxRedirects: 5 })
    expect(error.kind).toBe('blocked')
    expect(seen).toHaveLength(1)
  })

  test('credentials do not travel to another origin', async () => {
    const { port: otherPort, seen: other } = await serve((_, response) => void response.end())
    const { port } = await redirecting(`https://other.test:${otherPort}/`)
    const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-kept': 'yes' }
    await fetcher().fetch(`https://good.test:${port}/`, { headers, maxRedirects: 1 })
    expect(other[0]?.headers).toMatchObject({ 'x-kept': 'yes', host: `other.test:${otherPort}` })
    expect(other[0]?.headers).not.toHaveProperty('authorization')
    expect(other[0]?.headers).not.toHaveProperty('cookie')
  })

  test('a POST is not sent twice', async () => {
    const { port, seen } = await redirecting('/next', 307)
    const request = { method: 'POST', body: 'x', maxRedirects: 5 } as const
    expect(await kindOf(fetcher(), `https://good.test:${port}/`, request)).toBe('tooManyRedirects')
    expect(seen).toHaveLength(1)
  })
})

describe('caps', () => {
  const soon = { timeoutMilliseconds: 100 }

  test('a server that never answers', async () => {
    const { port } = await serve(() => {})
    expect(await kindOf(fetcher(), `https://good.test:${port}/`, soon)).toBe('timeout')
  })

  test('a body that never ends in time', async () => {
    const { port } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('12345')
    })
    expect(await kindOf(fetcher(), `https://good.test:${port}/`, soon)).toBe('timeout')
  })

  test('a name that never resolves, and it does not hold up those who come after', async () => {
    const { port } = await serve((_, response) => void response.end('late but well'))
    const answers = [new Promise<string[]>(() => {}), Promise.resolve([OUTSIDE])]
    const from = fetcher({ limits: soon, resolve: () => answers.shift() ?? Promise.resolve([]) })
    expect(await kindOf(from, `https://good.test:${port}/`)).toBe('timeout')
    const answer = await from.fetch(`https://good.test:${port}/`, { timeoutMilliseconds: 10_000 })
    expect(answer.body.toString()).toBe('late but well')
  })

  test('an endless body is cut at the limit, and the connection closed', async () => {
    const closed = Promise.withResolvers<void>()
    const { port } = await serve((_, response) => {
      response.on('close', () => closed.resolve())
      const more = () => {
        while (response.write(Buffer.alloc(10_000)));
        response.once('drain', more)
      }
      more()
    })
    expect(await kindOf(fetcher(), `https://good.test:${port}/`, { maxBytes: 50_000 })).toBe('tooLarge')
    await closed.promise
  })

  test('a body that announces too much is not read', async () => {
    const { port } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000001' })
      response.flushHeaders()
    })
    expect(await kindOf(fetcher(), `https://good.test:${port}/`)).toBe('tooLarge')
  })

  test('exactly the limit is allowed', async () => {
    const { port } = await serve((_, response) => void response.end(Buffer.alloc(500)))
    const from = fetcher()
    expect((await from.fetch(`https://good.test:${port}/`, { maxBytes: 500 })).body).toHaveLength(500)
    expect(await kindOf(from, `https://good.test:${port}/`, { maxBytes: 499 })).toBe('tooLarge')
  })

  test('a head of endless headers', async () => {
    const { port } = await serve((_, response) => {
      response.setHeader('x-long', 'x'.repeat(40_000))
      response.end()
    })
    expect(await kindOf(fetcher(), `https://good.test:${port}/`)).toBe('tooLarge')
  })

  test('another type than was asked for, and a compressed body', async () => {
    const { port } = await serve((request, response) => {
      if (request.url === '/gzip') response.setHeader('content-encoding', 'gzip')
      response.setHeader('content-type', 'Application/JSON; charset=utf-8')
      response.statusCode = request.url === '/error' ? 500 : 200
      response.end(request.url === '/gzip' ? gzipSync('{}') : '{}')
    })
    const from = fetcher()
    const url = `https://good.test:${port}`
    const html = { contentTypes: ['text/html'] }
    expect((await from.fetch(`${url}/`, { contentTypes: ['application/json'] })).status).toBe(200)
    expect(await kindOf(from, `${url}/`, html)).toBe('unexpectedContent')
    expect(await kindOf(from, `${url}/gzip`)).toBe('unexpectedContent')
    expect((await from.fetch(`${url}/error`, html)).status).toBe(500)
  })
})

describe('ordinary use', () => {
  test('method, headers and body arrive; the Host header is the address, whatever was asked', async () => {
    const bodies: string[] = []
    const { port, seen } = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (piece: string) => bodies.push(piece))
      request.on('end', () => void response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'] }).end('made'))
    })
    const answer = await fetcher().fetch(`https://good.test:${port}/x?y=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain', Host: 'inside.test' },
      body: 'hello',
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(bodies.join('')).toBe('hello')
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/x?y=1' })
    expect(seen[0]?.headers).toMatchObject({ host: `good.test:${port}`, 'accept-encoding': 'identity' })
  })

  test('the second address of a name is tried when the first refuses', async () => {
    const { port } = await serve((_, response) => void response.end('second'))
    const from = fetcher({ allow: ['127.0.0.0/8', '::1'], resolve: async () => ['::1', OUTSIDE] })
    expect((await from.fetch(`https://good.test:${port}/`)).body.toString()).toBe('second')
  })

  test('nobody there, no such name, and a certificate of somebody else are unreachable', async () => {
    const { port } = await serve((_, response) => void response.end())
    const noName = fetcher({ resolve: () => Promise.reject(new Error('ENOTFOUND')) })
    expect(await kindOf(noName, `https://good.test:${port}/`)).toBe('unreachable')
    expect(await kindOf(fetcher({ resolve: async () => [] }), `https://good.test:${port}/`)).toBe(
      'unreachable',
    )
    expect(await kindOf(fetcher(), `https://unnamed.test:${port}/`)).toBe('unreachable')
    expect(await kindOf(fetcher({ ca: [] }), `https://good.test:${port}/`)).toBe('unreachable')

    const gone = await serve((_, response) => void response.end())
    await cleanups.pop()?.()
    expect(await kindOf(fetcher(), `https://good.test:${gone.port}/`)).toBe('unreachable')
  })

  test('a caller who gives up gets their own reason', async () => {
    const { port } = await serve(() => controller.abort(new Error('changed my mind')))
    const controller = new AbortController()
    const asked = fetcher().fetch(`https://good.test:${port}/`, { signal: controller.signal })
    await expect(asked).rejects.toThrow('changed my mind')
  })

  test('libraries that take a fetch function are guarded too', async () => {
    const bodies: string[] = []
    const { port, seen } = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (piece: string) => bodies.push(piece))
      request.on('end', () => {
        if (request.url === '/empty') response.writeHead(204).end()
        else response.setHeader('content-type', 'application/json').end('{"ok":true}')
      })
    })
    const fetch = fetchThrough(fetcher())
    const answer = await fetch(`https://good.test:${port}/`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'x y' }),
      headers: new Headers({ accept: 'application/json' }),
    })
    expect(await answer.json()).toEqual({ ok: true })
    expect(bodies.join('')).toBe('grant_type=x+y')
    expect(seen[0]?.headers['content-type']).toContain('application/x-www-form-urlencoded')
    expect((await fetch(new URL(`https://good.test:${port}/empty`))).status).toBe(204)
    await expect(fetch('https://10.0.0.1/')).rejects.toMatchObject({ kind: 'blocked' })
    await expect(
      fetch(`https://good.test:${port}/`, { method: 'POST', body: new FormData() }),
    ).rejects.toThrow(TypeError)
  })
})
