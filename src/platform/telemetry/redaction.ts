/**
 * What must never reach a log: whoever reads logs (or the system they are shipped to) must not be able to sign
 * in with what stands there. Keys decide, at any depth, because values cannot be recognised.
 */
export const REDACTED = '[redacted]'

/** Compared without case, `-` and `_`, so `refresh_token`, `refreshToken` and `Refresh-Token` are one name. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'password',
  'newpassword',
  'currentpassword',
  'passwordprofile',
  'passphrase',
  'secret',
  'clientsecret',
  'secrettext',
  'code',
  'codeverifier',
  'devicecode',
  'usercode',
  'authorizationcode',
  'otp',
  'oob',
  'passcode',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'idtokenhint',
  'continuationtoken',
  'logintoken',
  'csrftoken',
  'ticket',
  'assertion',
  'clientassertion',
  'samlresponse',
  'apikey',
  'xapikey',
  'privatekey',
  'masterkey',
  'clientinfo',
])

export const isSecretName = (name: string): boolean =>
  SECRET_NAMES.has(name.replaceAll('-', '').replaceAll('_', '').toLowerCase())

/**
 * The address with the values of secret parameters (query and fragment) and any user information blanked.
 * Takes whole URLs and bare request targets (`/path?query`); never throws, whatever the text.
 */
export function safeUrl(url: string): string {
  const withoutUserInfo = url.replace(USER_INFO, `$1${REDACTED}@`)
  return withoutUserInfo.replace(/[?#][\s\S]*$/, (tail) =>
    tail.replace(/([?&#;])([^=&#;?]*)=([^&#;]*)/g, (pair: string, mark: string, name: string) =>
      isSecretName(decoded(name)) ? `${mark}${name}=${REDACTED}` : pair,
    ),
  )
}

/** Free text (messages, stack traces) with addresses, form bodies, JSON and bearer tokens in it made safe. */
export function safeText(text: string): string {
  if (!/[=@.:]|bearer|basic|dpop/i.test(text)) return text
  return text
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(
      /(^|[\s?&#;,{("'])([\w%.-]{2,60})=([^&#;,\s"')}]+)/g,
      (pair: string, mark: string, name: string) =>
        isSecretName(decoded(name)) ? `${mark}${name}=${REDACTED}` : pair,
    )
    .replace(/"([\w-]{2,60})"\s*:\s*"[^"]*"/g, (pair: string, name: string) =>
      isSecretName(name) ? `"${name}":"${REDACTED}"` : pair,
    )
    .replace(/\b(bearer|basic|dpop)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`)
    .replace(/\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g, REDACTED)
}

// `scheme://user:password@`: connection strings of databases and mail servers appear in driver errors. The
// greedy run to the last `@` covers a password that holds one.
const USER_INFO = /([a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#\s"']*@/gi

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

const DEEPEST = 8
const LONGEST_LIST = 100

/** A copy of the value that is safe to write as JSON: secrets blanked, cycles cut, bytes and errors described. */
export function redact(value: unknown): unknown {
  return copy(value, new Set(), 0)
}

function copy(value: unknown, above: Set<object>, depth: number): unknown {
  if (typeof value === 'string') return safeText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof URL) return safeUrl(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (above.has(value)) return '[circular]'
  if (depth >= DEEPEST) return '[too deep]'

  above.add(value)
  try {
    if (value instanceof Error) return describeError(value, above, depth)
    if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((item) => copy(item, above, depth + 1))
    if (value instanceof Set) return copy([...value], above, depth + 1)
    const entries = value instanceof Map || value instanceof Headers ? [...value] : Object.entries(value)
    return Object.fromEntries(
      entries.map(([key, item]: [unknown, unknown]) => {
        const name = String(key)
        return [
          name,
          isSecretName(name) && item !== null && item !== undefined ? REDACTED : copy(item, above, depth + 1),
        ]
      }),
    )
  } finally {
    above.delete(value)
  }
}

/** The facts an error may show. Not all its properties: drivers attach queries, parameters and whole requests. */
const ERROR_FACTS = [
  'kind',
  'code',
  'details',
  'because',
  'constraint',
  'table',
  'syscall',
  'status',
] as const

function describeError(error: Error, above: Set<object>, depth: number): Record<string, unknown> {
  const facts: Record<string, unknown> = {
    type: error.name,
    message: safeText(error.message),
    stack: error.stack === undefined ? undefined : safeText(error.stack),
  }
  for (const name of ERROR_FACTS) {
    // An error's `code` (`ECONNREFUSED`, `23505`) is no authorization code: it stays.
    const fact: unknown = Reflect.get(error, name)
    if (fact !== undefined) facts[name] = copy(fact, above, depth + 1)
  }
  if (error.cause !== undefined) facts['cause'] = copy(error.cause, above, depth + 1)
  if (error instanceof AggregateError) facts['errors'] = copy(error.errors, above, depth + 1)
  return facts
}
