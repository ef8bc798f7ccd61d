import { badRequest } from './refusals.ts'
import type { Surface } from './routes.ts'

export interface QueryString {
  /** `$select`, `$filter` …: lower-case names with their `$`. */
  readonly options: ReadonlyMap<string, string>
  /** Everything else, first value of each. */
  readonly parameters: ReadonlyMap<string, string>
}

const OPTIONAL_PREFIX = new Set([
  'select',
  'filter',
  'orderby',
  'expand',
  'top',
  'count',
  'search',
  'skip',
  'skiptoken',
])

/**
 * Splits a raw query string (GRA-14). Names starting with `$` are OData's; in beta the `$` may be left out; other
 * parameters are passed on unread. An option given twice is refused: which one would hold?
 */
export function parseQueryString(search: string, surface: Surface): QueryString {
  const options = new Map<string, string>()
  const parameters = new Map<string, string>()
  for (const pair of search.replace(/^\?/, '').split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    const lower = name.toLowerCase()
    const option = surface === 'beta' && OPTIONAL_PREFIX.has(lower) ? `$${lower}` : lower
    if (!option.startsWith('$')) {
      if (!parameters.has(name)) parameters.set(name, value)
    } else if (options.has(option)) {
      throw badRequest(`Query option '${option}' was specified more than once.`)
    } else {
      options.set(option, value)
    }
  }
  return { options, parameters }
}

function decode(text: string): string {
  let decoded: string
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw badRequest('The URL is not properly encoded.')
  }
  if (decoded.includes('\0')) throw badRequest('The URL must not contain the character NUL.')
  return decoded
}
