import type { Filter, Literal, Path, Search } from './ast.ts'

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

const printPath = (path: Path): string => path.segments.join('/') + (path.count ? '/$count' : '')

function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'string':
      return quote(literal.value)
    case 'number':
      return literal.text
    case 'boolean':
      return String(literal.value)
    case 'null':
      return 'null'
    case 'guid':
    case 'dateTime':
    case 'date':
      return literal.value
    case 'duration':
      return `duration'${literal.value}'`
    case 'enum':
      return `${literal.type}'${literal.value}'`
  }
}

/** Writes a filter in one fixed spelling; `parseFilter` reads it back to the same tree. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms
        .map((term) =>
          term.kind === 'and' || term.kind === 'or' ? `(${printFilter(term)})` : printFilter(term),
        )
        .join(` ${filter.kind} `)
    case 'not':
      return `not(${printFilter(filter.term)})`
    case 'compare':
      return `${printPath(filter.path)} ${filter.operator} ${printLiteral(filter.value)}`
    case 'in':
      return `${printPath(filter.path)} in (${filter.values.map(printLiteral).join(',')})`
    case 'text':
      return `${filter.function}(${printPath(filter.path)},${quote(filter.value)})`
    case 'any':
      return filter.condition === undefined
        ? `${printPath(filter.path)}/any()`
        : `${printPath(filter.path)}/any(${filter.variable}:${printFilter(filter.condition)})`
  }
}

/** Writes a search in one fixed spelling; `parseSearch` reads it back to the same tree. */
export function printSearch(search: Search): string {
  if (search.kind === 'clause') {
    return `"${`${search.property}:${search.text}`.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  }
  const word = search.kind === 'and' ? 'AND' : 'OR'
  return search.terms
    .map((term) => (term.kind === 'clause' ? printSearch(term) : `(${printSearch(term)})`))
    .join(` ${word} `)
}
