import type { Literal } from './ast.ts'
import { ODataError } from './errors.ts'

export type Token =
  | { readonly kind: 'literal'; readonly literal: Literal; readonly position: number }
  | { readonly kind: 'name'; readonly text: string; readonly position: number }
  | { readonly kind: '(' | ')' | ',' | '/' | ':'; readonly position: number }
  | { readonly kind: 'end'; readonly position: number }

const SPACE = /[ \t]+/y
const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy
const DATE_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)(?![\w-])/iy
const DATE = /\d{4}-\d\d-\d\d(?![\w-])/y
const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w-])/iy
const DURATION = /duration'([^']*)'/iy
const ENUM = /((?:[a-z_]\w*\.)+[a-z_]\w*)'([^']*)'/iy
// `$count`; dots for qualified names, `@` only in annotations, which Graph does not filter on.
const NAME = /\$?[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy
const STRING = /'((?:[^']|'')*)'/y

/** Splits a `$filter` into tokens. GRA-19: single quotes, doubled to escape; dates and GUIDs unquoted. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    return found
  }
  const literal = (value: Literal, length: number) => {
    tokens.push({ kind: 'literal', literal: value, position: at })
    at += length
  }

  while (at < text.length) {
    const space = match(SPACE)
    if (space !== null) {
      at += space[0].length
      continue
    }
    const char = text.charAt(at)
    if (char === '(' || char === ')' || char === ',' || char === '/' || char === ':') {
      tokens.push({ kind: char, position: at })
      at += 1
      continue
    }
    if (char === "'") {
      const string = match(STRING)
      if (string === null) throw new ODataError('There is an unterminated string literal', at)
      literal({ kind: 'string', value: (string[1] ?? '').replaceAll("''", "'") }, string[0].length)
      continue
    }
    const guid = match(GUID)
    if (guid !== null) {
      literal({ kind: 'guid', value: guid[0].toLowerCase() }, guid[0].length)
      continue
    }
    const dateTime = match(DATE_TIME)
    if (dateTime !== null) {
      literal({ kind: 'dateTime', value: dateTime[0] }, dateTime[0].length)
      continue
    }
    const date = match(DATE)
    if (date !== null) {
      literal({ kind: 'date', value: date[0] }, date[0].length)
      continue
    }
    const number = match(NUMBER)
    if (number !== null) {
      literal({ kind: 'number', text: number[0] }, number[0].length)
      continue
    }
    const duration = match(DURATION)
    if (duration !== null) {
      literal({ kind: 'duration', value: duration[1] ?? '' }, duration[0].length)
      continue
    }
    const member = match(ENUM)
    if (member !== null) {
      literal({ kind: 'enum', type: member[1] ?? '', value: member[2] ?? '' }, member[0].length)
      continue
    }
    const name = match(NAME)
    if (name === null) throw new ODataError(`Syntax error: character '${char}' is not valid`, at)
    tokens.push(nameOrKeyword(name[0], at))
    at += name[0].length
  }
  tokens.push({ kind: 'end', position: at })
  return tokens
}

function nameOrKeyword(text: string, position: number): Token {
  switch (text) {
    case 'true':
      return { kind: 'literal', literal: { kind: 'boolean', value: true }, position }
    case 'false':
      return { kind: 'literal', literal: { kind: 'boolean', value: false }, position }
    case 'null':
      return { kind: 'literal', literal: { kind: 'null' }, position }
    default:
      return { kind: 'name', text, position }
  }
}
