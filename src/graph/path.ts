import { badRequest } from './refusals.ts'

/** One segment of a request path, decoded. */
export interface Segment {
  /** Without the part in parentheses. */
  readonly name: string
  /** `('value')`: the key. */
  readonly key?: string
  /** `(name='value',…)`: an alternate key or the arguments of a function. */
  readonly named?: ReadonlyMap<string, string>
}

const NAME = /^[A-Za-z_$][\w.$-]*$/

/**
 * Splits a request path (GRA-1): `/users('a')/memberOf`, `/applications(appId='…')`, `/fn(period='D7')`. Throws
 * `Invalid` for bad escapes and parentheses. A slash inside quotes belongs to the value.
 */
export function parsePath(path: string): readonly Segment[] {
  return splitSlashes(path).map(parseSegment)
}

function splitSlashes(path: string): readonly string[] {
  const parts: string[] = []
  let quoted = false
  let start = path.startsWith('/') ? 1 : 0
  for (let at = start; at <= path.length; at += 1) {
    const char = path[at]
    // A quote opens only after `(`, `=` or `,`: keys given as segments may hold apostrophes (o'neill@…).
    if (char === "'" || path.startsWith('%27', at)) {
      const before = at > start ? path[at - 1] : ''
      if (quoted || before === '(' || before === '=' || before === ',') quoted = !quoted
    }
    if (at < path.length && (char !== '/' || quoted)) continue
    parts.push(path.slice(start, at))
    start = at + 1
  }
  // One slash at the end says nothing.
  if (parts.length > 1 && parts.at(-1) === '') parts.pop()
  if (parts.length === 1 && parts[0] === '') return []
  return parts
}

function parseSegment(raw: string): Segment {
  const text = decode(raw)
  const open = text.indexOf('(')
  const name = open < 0 ? text : text.slice(0, open)
  // What does not look like `name(…)` is a key as it stands: user names may hold parentheses.
  if (open < 0 || !text.endsWith(')') || !NAME.test(name)) return { name: text }
  const inside = text.slice(open + 1, -1).trim()
  if (inside === '') return { name }
  const named = parseNamed(inside)
  if (named !== undefined) return { name, named }
  const key = parseValue(inside)
  if (key === undefined) throw badRequest(`The key in parentheses of '${name}' is not valid.`)
  return { name, key }
}

function decode(raw: string): string {
  let text: string
  try {
    text = decodeURIComponent(raw)
  } catch {
    throw badRequest('The URL is not properly encoded.')
  }
  // PostgreSQL's text cannot hold it, and no name of ours has it.
  if (text.includes('\0')) throw badRequest('The URL must not contain the character NUL.')
  return text
}

// `'a''b'` or a bare literal (GUID, number).
function parseValue(text: string): string | undefined {
  const quoted = /^'((?:[^']|'')*)'$/.exec(text)
  if (quoted !== null) return (quoted[1] ?? '').replaceAll("''", "'")
  return /^[\w.:+-]+$/.test(text) ? text : undefined
}

function parseNamed(inside: string): ReadonlyMap<string, string> | undefined {
  const named = new Map<string, string>()
  const pattern = /\s*([A-Za-z_]\w*)\s*=\s*('(?:[^']|'')*'|[\w.:+-]+)\s*(?:,|$)/y
  while (pattern.lastIndex < inside.length) {
    const match = pattern.exec(inside)
    if (match === null) return undefined
    const [, name = '', literal = ''] = match
    const value = parseValue(literal)
    if (value === undefined || named.has(name)) return undefined
    named.set(name, value)
  }
  return named
}
