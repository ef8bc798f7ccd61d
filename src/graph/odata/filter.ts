import type { ComparisonOperator, Filter, Literal, Path, TextFunction } from './ast.ts'
import { ODataError } from './errors.ts'
import { type Token, tokenize } from './lexer.ts'

// Each level of parentheses, `not` or `any` is one frame of recursion; people need three or four.
const MAX_DEPTH = 24
const MAX_LENGTH = 16_384

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'has'])
const MIRRORED: Readonly<Record<string, ComparisonOperator>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
}
const TEXT_FUNCTIONS: ReadonlyMap<string, TextFunction> = new Map([
  ['startswith', 'startsWith'],
  ['endswith', 'endsWith'],
  ['contains', 'contains'],
])
const ARITHMETIC: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'divby', 'mod'])

/** Parses a `$filter` (GRA-19, 20, 23). Throws `ODataError`, nothing else. Names are not looked up here. */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) throw new ODataError('The filter is too long', MAX_LENGTH)
  const parser = new FilterParser(tokenize(text))
  return parser.parse()
}

class FilterParser {
  readonly #tokens: readonly Token[]
  #index = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parse(): Filter {
    const filter = this.#or()
    const rest = this.#peek()
    if (rest.kind !== 'end') {
      if (rest.kind === 'name' && ARITHMETIC.has(rest.text.toLowerCase())) {
        throw new ODataError(`The operator '${rest.text}' is not supported`, rest.position, true)
      }
      throw this.#unexpected(rest)
    }
    return filter
  }

  #or(): Filter {
    return this.#chain('or', () => this.#and())
  }

  #and(): Filter {
    return this.#chain('and', () => this.#unary())
  }

  #chain(kind: 'and' | 'or', operand: () => Filter): Filter {
    const first = operand()
    if (!this.#keyword(kind)) return first
    const terms = [first]
    do terms.push(operand())
    while (this.#keyword(kind))
    // `a or (b or c)` is the same list: fewer levels for everyone after us.
    return { kind, terms: terms.flatMap((term) => (term.kind === kind ? term.terms : [term])) }
  }

  #unary(): Filter {
    const token = this.#peek()
    if (token.kind === 'name' && token.text.toLowerCase() === 'not' && this.#peek(1).kind !== '/') {
      this.#index += 1
      return this.#deeper(token, () => ({ kind: 'not', term: this.#unary() }))
    }
    if (token.kind === '(') {
      this.#index += 1
      const inner = this.#deeper(token, () => this.#or())
      this.#expect(')')
      return inner
    }
    return this.#predicate()
  }

  #predicate(): Filter {
    const token = this.#peek()
    if (token.kind === 'literal') return this.#literalFirst(token.literal)
    if (token.kind !== 'name') throw this.#unexpected(token)

    if (this.#peek(1).kind === '(') return this.#call(token.text, token.position)

    const path = this.#path()
    if (typeof path !== 'object' || 'kind' in path) return path
    return this.#afterPath(path)
  }

  // `'Seattle' eq city`: the same as `city eq 'Seattle'`.
  #literalFirst(value: Literal): Filter {
    this.#index += 1
    const operatorToken = this.#peek()
    const operator = this.#comparison()
    const mirrored = operator === undefined ? undefined : MIRRORED[operator]
    if (mirrored === undefined) throw this.#unexpected(operatorToken)
    const path = this.#path()
    if ('kind' in path) throw new ODataError('A comparison needs a property', operatorToken.position, true)
    return { kind: 'compare', path, operator: mirrored, value }
  }

  #afterPath(path: Path): Filter {
    const token = this.#peek()
    if (this.#keyword('in')) return { kind: 'in', path, values: this.#list() }
    const operator = this.#comparison()
    if (operator === undefined) {
      if (token.kind === 'name' && ARITHMETIC.has(token.text.toLowerCase())) {
        throw new ODataError(`The operator '${token.text}' is not supported`, token.position, true)
      }
      // A Boolean property standing alone.
      return { kind: 'compare', path, operator: 'eq', value: { kind: 'boolean', value: true } }
    }
    const right = this.#peek()
    if (right.kind === 'name') {
      throw new ODataError('A property can be compared with a literal only', right.position, true)
    }
    return { kind: 'compare', path, operator, value: this.#literal() }
  }

  #call(name: string, position: number): Filter {
    const textFunction = TEXT_FUNCTIONS.get(name.toLowerCase())
    if (textFunction === undefined) {
      throw new ODataError(`An unknown function with name '${name}' was found`, position, true)
    }
    this.#index += 2
    const path = this.#path()
    if ('kind' in path) throw new ODataError(`'${name}' needs a property`, position, true)
    this.#expect(',')
    const valueToken = this.#peek()
    const value = this.#literal()
    if (value.kind !== 'string') throw new ODataError(`'${name}' needs a string`, valueToken.position)
    this.#expect(')')
    const call: Filter = { kind: 'text', function: textFunction, path, value: value.value }

    // `startswith(mail,'a') eq true` is what several client libraries write.
    const operator = this.#comparison()
    if (operator === undefined) return call
    const comparedToken = this.#peek()
    const compared = this.#literal()
    if (compared.kind !== 'boolean' || (operator !== 'eq' && operator !== 'ne')) {
      throw new ODataError(
        `The result of '${name}' can be compared with true or false only`,
        comparedToken.position,
      )
    }
    return compared.value === (operator === 'eq') ? call : { kind: 'not', term: call }
  }

  /** A path, or the `any` that ends it. */
  #path(): Path | (Filter & { kind: 'any' }) {
    const start = this.#peek()
    const segments: string[] = []
    for (;;) {
      const token = this.#peek()
      if (token.kind !== 'name') throw this.#unexpected(token)
      this.#index += 1
      const lambda = token.text.toLowerCase()
      if (segments.length > 0 && this.#peek().kind === '(' && (lambda === 'any' || lambda === 'all')) {
        if (lambda === 'all')
          throw new ODataError("The operator 'all' is not supported", token.position, true)
        return this.#any({ segments, count: false, position: start.position }, token)
      }
      if (lambda === '$count' && segments.length > 0) {
        return { segments, count: true, position: start.position }
      }
      if (token.text.startsWith('$')) throw this.#unexpected(token)
      segments.push(token.text)
      if (this.#peek().kind !== '/') return { segments, count: false, position: start.position }
      this.#index += 1
    }
  }

  #any(path: Path, token: Token): Filter & { kind: 'any' } {
    this.#expect('(')
    if (this.#peek().kind === ')') {
      this.#index += 1
      return { kind: 'any', path, variable: '', condition: undefined }
    }
    const variable = this.#peek()
    if (variable.kind !== 'name' || variable.text.includes('.')) throw this.#unexpected(variable)
    this.#index += 1
    this.#expect(':')
    const condition = this.#deeper(token, () => this.#or())
    this.#expect(')')
    return { kind: 'any', path, variable: variable.text, condition }
  }

  #list(): readonly Literal[] {
    this.#expect('(')
    const values = [this.#literal()]
    while (this.#peek().kind === ',') {
      this.#index += 1
      values.push(this.#literal())
    }
    this.#expect(')')
    return values
  }

  #literal(): Literal {
    const token = this.#peek()
    if (token.kind !== 'literal') throw this.#unexpected(token)
    this.#index += 1
    return token.literal
  }

  #comparison(): ComparisonOperator | undefined {
    const token = this.#peek()
    if (token.kind !== 'name') return undefined
    const operator = token.text.toLowerCase()
    if (!COMPARISONS.has(operator)) return undefined
    this.#index += 1
    // Membership in COMPARISONS is exactly the union's members.
    return operator as ComparisonOperator
  }

  #keyword(word: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'name' || token.text.toLowerCase() !== word) return false
    this.#index += 1
    return true
  }

  #expect(kind: '(' | ')' | ',' | ':'): void {
    const token = this.#peek()
    if (token.kind !== kind) {
      throw new ODataError(`Syntax error: '${kind}' expected`, token.position)
    }
    this.#index += 1
  }

  #deeper<T>(token: Token, work: () => T): T {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new ODataError('The filter is nested too deeply', token.position)
    const result = work()
    this.#depth -= 1
    return result
  }

  #peek(ahead = 0): Token {
    // The last token is always `end`, and stays the answer beyond it.
    return this.#tokens[this.#index + ahead] ?? { kind: 'end', position: this.#tokens.at(-1)?.position ?? 0 }
  }

  #unexpected(token: Token): ODataError {
    if (token.kind === 'end')
      return new ODataError('Syntax error: the expression is incomplete', token.position)
    const shown = token.kind === 'name' ? token.text : token.kind === 'literal' ? 'a literal' : token.kind
    return new ODataError(`Syntax error: '${shown}' is not expected`, token.position)
  }
}
