import type { Search } from './ast.ts'
import { ODataError } from './errors.ts'

const MAX_DEPTH = 16
const MAX_CLAUSES = 50

/**
 * Parses a `$search` (GRA-28): `"property:text"` clauses in double quotes, joined by upper-case `AND` and `OR`,
 * parentheses allowed; clauses side by side are and-ed. Throws `ODataError`, nothing else.
 */
export function parseSearch(text: string): Search {
  let at = 0
  let depth = 0
  let clauses = 0

  const skip = () => {
    while (text[at] === ' ') at += 1
  }
  const word = (expected: 'AND' | 'OR'): boolean => {
    skip()
    const next = text[at + expected.length]
    if (!text.startsWith(expected, at) || (next !== ' ' && next !== '"' && next !== '(')) return false
    at += expected.length
    return true
  }

  const or = (): Search => {
    const terms = [and()]
    while (word('OR')) terms.push(and())
    return join('or', terms)
  }
  const and = (): Search => {
    const terms = [primary()]
    for (;;) {
      if (word('AND')) terms.push(primary())
      else if (text[at] === '"' || text[at] === '(') terms.push(primary())
      else return join('and', terms)
    }
  }
  const primary = (): Search => {
    skip()
    if (text[at] === '(') {
      depth += 1
      if (depth > MAX_DEPTH) throw new ODataError('The search is nested too deeply', at)
      at += 1
      const inner = or()
      skip()
      if (text[at] !== ')') throw new ODataError("Syntax error: ')' expected", at)
      at += 1
      depth -= 1
      return inner
    }
    return clause()
  }
  const clause = (): Search => {
    const position = at
    if (text[at] !== '"') {
      if (at >= text.length) throw new ODataError('Syntax error: the expression is incomplete', at)
      throw new ODataError(`Syntax error: character '${text.charAt(at)}' is not valid`, at)
    }
    clauses += 1
    if (clauses > MAX_CLAUSES) throw new ODataError('The search has too many clauses', at)
    at += 1
    let content = ''
    for (;;) {
      const char = text[at]
      if (char === undefined) throw new ODataError('There is an unterminated string literal', position)
      at += 1
      if (char === '"') break
      if (char !== '\\') {
        content += char
        continue
      }
      const escaped = text[at]
      if (escaped !== '"' && escaped !== '\\') throw new ODataError('Only \\" and \\\\ can be escaped', at)
      content += escaped
      at += 1
    }
    const colon = content.indexOf(':')
    if (colon <= 0) throw new ODataError('A clause must have the form "property:text"', position)
    return { kind: 'clause', property: content.slice(0, colon), text: content.slice(colon + 1), position }
  }

  const search = or()
  skip()
  if (at < text.length) throw new ODataError(`Syntax error: character '${text.charAt(at)}' is not valid`, at)
  return search
}

function join(kind: 'and' | 'or', terms: readonly Search[]): Search {
  const [first] = terms
  if (terms.length === 1 && first !== undefined) return first
  return { kind, terms: terms.flatMap((term) => (term.kind === kind ? term.terms : [term])) }
}
