import type { ExpandTerm, OrderTerm } from './ast.ts'
import { ODataError } from './errors.ts'

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u

/** Parses `$select`: names as written, `*` included; empty items and nested paths are refused. */
export function parseSelect(text: string): readonly string[] {
  const names: string[] = []
  let position = 0
  for (const part of text.split(',')) {
    const name = part.trim()
    if (name !== '*' && !NAME.test(name)) {
      throw new ODataError(
        name === '' ? 'A property name is missing' : `'${name}' is not a property name`,
        position,
      )
    }
    names.push(name)
    position += part.length + 1
  }
  return names
}

/** Parses `$orderby`: `displayName desc,createdDateTime`. */
export function parseOrderBy(text: string): readonly OrderTerm[] {
  const terms: OrderTerm[] = []
  let position = 0
  for (const part of text.split(',')) {
    const [path = '', direction = 'asc', ...rest] = part.trim().split(/ +/)
    const segments = path.split('/')
    const lower = direction.toLowerCase()
    if (
      !segments.every((segment) => NAME.test(segment)) ||
      rest.length > 0 ||
      (lower !== 'asc' && lower !== 'desc')
    ) {
      throw new ODataError(`Syntax error in '${part.trim()}'`, position)
    }
    terms.push({ path: { segments, count: false, position }, descending: lower === 'desc' })
    position += part.length + 1
  }
  return terms
}

/** Parses `$expand`: `members($select=id,displayName)`, `manager($levels=max;$select=id)`. */
export function parseExpand(text: string): readonly ExpandTerm[] {
  return split(text, ',', 0).map(({ part, position }) => {
    const open = part.indexOf('(')
    const name = (open < 0 ? part : part.slice(0, open)).trim()
    if (name !== '*' && !NAME.test(name)) throw new ODataError(`'${name}' is not a property name`, position)
    if (open < 0) return { name, position, options: new Map() }
    const closed = part.trimEnd()
    if (!closed.endsWith(')')) throw new ODataError("Syntax error: ')' expected", position + part.length)
    return { name, position, options: nestedOptions(closed.slice(open + 1, -1), position + open + 1) }
  })
}

function nestedOptions(text: string, offset: number): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (const { part, position } of split(text, ';', offset)) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase()
    if (equals < 0 || !name.startsWith('$'))
      throw new ODataError('Syntax error: an option is expected', position)
    if (options.has(name)) throw new ODataError(`The option '${name}' is given twice`, position)
    options.set(name, part.slice(equals + 1).trim())
  }
  return options
}

// Splits at a separator that stands outside quotes and parentheses.
function split(
  text: string,
  separator: string,
  offset: number,
): readonly { part: string; position: number }[] {
  const parts: { part: string; position: number }[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === "'") quoted = !quoted
    else if (quoted) continue
    else if (char === '(') depth += 1
    else if (char === ')') {
      depth -= 1
      if (depth < 0) throw new ODataError("Syntax error: ')' is not expected", offset + at)
    } else if (char === separator && depth === 0) {
      parts.push({ part: text.slice(start, at), position: offset + start })
      start = at + 1
    }
  }
  if (quoted) throw new ODataError('There is an unterminated string literal', offset + start)
  if (depth > 0) throw new ODataError("Syntax error: ')' expected", offset + text.length)
  parts.push({ part: text.slice(start), position: offset + start })
  return parts
}
