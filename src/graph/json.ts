import { badRequest } from './refusals.ts'

const MAX_DEPTH = 64

/**
 * Parses a request body. Beyond `JSON.parse` it refuses duplicate keys, nesting deeper than 64 and the character NUL
 * (docs/spec/graph-conventions.md, section 7): the first can make two readers of one body see different things, the
 * last cannot be stored in PostgreSQL. Throws `Invalid` (`BadRequest`).
 */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure the Content-Type header is set and the payload is of valid JSON format.',
    )
  }
  // The text is known to be JSON from here on, so the scan below need not check its grammar.
  scan(text)
  return value
}

interface Level {
  /** Keys seen; undefined in an array. */
  readonly keys: Set<string> | undefined
  expectsKey: boolean
}

function scan(text: string): void {
  const levels: Level[] = []
  for (let at = 0; at < text.length; at += 1) {
    const top = levels.at(-1)
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
        levels.push({ keys: new Set(), expectsKey: true })
        break
      case 0x5b: // [
        levels.push({ keys: undefined, expectsKey: false })
        break
      case 0x7d: // }
      case 0x5d: // ]
        levels.pop()
        break
      case 0x2c: // ,
        if (top?.keys !== undefined) top.expectsKey = true
        break
      case 0x22: {
        const end = closingQuote(text, at)
        const raw = text.slice(at, end + 1)
        if (raw.includes('\\u0000')) refuseNul(raw)
        if (top?.keys !== undefined && top.expectsKey) {
          top.expectsKey = false
          const key = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1)
          if (top.keys.has(key)) throw badRequest(`The property '${key}' is given twice in the request body.`)
          // As a plain object's key it would replace the object's prototype instead of being a property.
          if (key === '__proto__') throw badRequest("The property '__proto__' does not exist.")
          top.keys.add(key)
        }
        at = end
        break
      }
    }
    if (levels.length > MAX_DEPTH)
      throw badRequest(`The request body is nested deeper than ${MAX_DEPTH} levels.`)
  }
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at += 1
    else if (code === 0x22) return at
  }
  return text.length
}

// `\\u0000` in the source is an escaped backslash followed by text, which is harmless.
function refuseNul(raw: string): void {
  if (String(JSON.parse(raw)).includes('\0')) {
    throw badRequest('The request body must not contain the character NUL.')
  }
}
