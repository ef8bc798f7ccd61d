import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Invalid } from '../errors.ts'
import type { LogLevel } from './log.ts'
import { createLogger, safeUrl } from './log.ts'
import { isSecretName, redact, safeText } from './redaction.ts'

function capture(level: LogLevel = 'info') {
  const lines: string[] = []
  const clock = { now: () => new Date('2030-01-02T03:04:05.678Z') }
  const log = createLogger({ level, clock, destination: { write: (line: string) => void lines.push(line) } })
  return { log, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? 'null') }
}

describe('log lines', () => {
  test('a line is one JSON object with time, level, message and fields', () => {
    const { log, lines, last } = capture()
    log.info({ durationMilliseconds: 12, nothing: null }, 'Request served')
    expect(lines).toHaveLength(1)
    expect(last()).toMatchObject({
      time: '2030-01-02T03:04:05.678Z',
      level: 'info',
      message: 'Request served',
      durationMilliseconds: 12,
      nothing: null,
    })
  })

  test('a child binds the request id to every line, and its own children keep it', () => {
    const { log, last } = capture()
    log.child({ requestId: 'r-1' }).child({ tenantId: 't-1' }).warn({}, 'Careful')
    expect(last()).toMatchObject({ requestId: 'r-1', tenantId: 't-1', level: 'warn' })
  })

  test('lines below the configured level are not written', () => {
    const { log, lines } = capture('warn')
    log.debug({}, 'no')
    log.info({}, 'no')
    expect(lines).toHaveLength(0)
    log.error({}, 'yes')
    expect(lines).toHaveLength(1)
  })

  test('an error keeps its type, code and causes, and loses what a driver attached to it', () => {
    const { log, last } = capture()
    const cause = Object.assign(new Error('connect postgres://app:hunter2@db:5432/x failed'), {
      code: 'ECONNREFUSED',
      parameters: ['hunter2'],
    })
    log.error({ error: new Invalid('The body is wrong.', { code: 'BadRequest', cause }) }, 'Request failed')
    expect(last()).toMatchObject({
      error: {
        type: 'Invalid',
        kind: 'invalid',
        code: 'BadRequest',
        cause: { code: 'ECONNREFUSED', message: 'connect postgres://[redacted]@db:5432/x failed' },
      },
    })
    expect(JSON.stringify(last())).not.toContain('hunter2')
  })
})

describe('redaction', () => {
  const secretNames = [
    'authorization',
    'Cookie',
    'Set-Cookie',
    'password',
    'client_secret',
    'clientSecret',
    'code',
    'token',
    'access_token',
    'refresh_token',
    'id_token',
    'ticket',
  ]

  test.each(secretNames)('%s is blanked in objects at any depth, in child fields and in URLs', (name) => {
    const { log, lines } = capture()
    log.child({ [name]: 's3cr3t-a' }).info({ request: { list: [{ [name]: ['s3cr3t-b'] }] } }, 'x')
    log.info(
      { url: `https://a.example/cb?x=1&${name}=s3cr3t-c#${name}=s3cr3t-d` },
      `went to /cb?${name}=s3cr3t-e`,
    )
    expect(lines.join('')).not.toContain('s3cr3t')
    expect(lines.join('')).toContain('x=1')
  })

  test('bearer tokens, JWTs, forms and JSON are blanked in free text', () => {
    expect(safeText('got Bearer abcdefghijkl from client')).toBe('got Bearer [redacted] from client')
    expect(safeText('token was eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln.')).not.toContain('c2ln')
    expect(safeText('sent grant_type=password&password=pw1')).toBe(
      'sent grant_type=password&password=[redacted]',
    )
    expect(safeText('answer {"id_token": "abc", "scope":"x"}')).toBe(
      'answer {"id_token":"[redacted]", "scope":"x"}',
    )
  })

  test('safeUrl keeps what is harmless and blanks what is not', () => {
    expect(safeUrl('/contoso/oauth2/v2.0/authorize?client_id=a&state=b&login_hint=c')).toBe(
      '/contoso/oauth2/v2.0/authorize?client_id=a&state=b&login_hint=c',
    )
    expect(safeUrl('/redeem?ticket=abc&lang=de')).toBe('/redeem?ticket=[redacted]&lang=de')
    expect(safeUrl('/redeem?%74icket=abc')).toBe('/redeem?%74icket=[redacted]')
    expect(safeUrl('https://user:pw@host.example/x')).toBe('https://[redacted]@host.example/x')
    expect(safeUrl('/x?%E0%A4%A=1')).toBe('/x?%E0%A4%A=1')
  })

  test('no secret parameter survives safeUrl, wherever it stands', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    const harmless = fc.tuple(word, word).map(([name, value]) => `${name}=${value}`)
    fc.assert(
      fc.property(
        fc.array(harmless),
        fc.array(harmless),
        fc.constantFrom(...secretNames),
        (before, after, name) => {
          const url = `https://h.example/p?${[...before, `${name}=S3CR3T`, ...after].join('&')}`
          expect(safeUrl(url)).not.toContain('S3CR3T')
        },
      ),
    )
  })

  test('cycles, bytes, dates, maps, big numbers and endless nesting become JSON', () => {
    const cycle: Record<string, unknown> = { when: new Date(0), bytes: new Uint8Array(3), big: 1n }
    cycle['self'] = cycle
    cycle['map'] = new Map([['token', 'x']])
    expect(redact(cycle)).toEqual({
      when: '1970-01-01T00:00:00.000Z',
      bytes: '[3 bytes]',
      big: '1',
      self: '[circular]',
      map: { token: '[redacted]' },
    })
    fc.assert(fc.property(fc.anything(), (value) => void JSON.stringify(redact({ value }))))
  })

  test('names that only resemble a secret stay readable', () => {
    for (const name of ['tokenType', 'errorCode', 'statusCode', 'passwordPolicies', 'codec']) {
      expect(isSecretName(name)).toBe(false)
    }
  })
})
