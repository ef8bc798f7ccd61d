import { sql } from 'kysely'
import type { Sql } from './types.ts'

/**
 * The words of a text as `$search` sees them (GRA-28): split at spaces, at symbols, between letters and digits and
 * where lower case turns to upper; words split only by symbols are found joined too (`hello-world`, `helloworld`).
 *
 * Computed for each of the tenant's rows: under row-level security no index would serve `@@`, which is not leakproof.
 * Built from an array, not by `to_tsvector`, whose parser treats hosts, mail addresses and hyphens in
 * ways of its own that depend on the server's locale.
 */
export function searchVector(text: Sql): Sql {
  const cased = sql`regexp_replace(coalesce(${text}, ''), '([[:lower:]])([[:upper:]])', '\\1 \\2', 'g')`
  const counted = sql`regexp_replace(${cased}, '([[:alpha:]])([[:digit:]])', '\\1 \\2', 'g')`
  const split = sql`regexp_replace(${counted}, '([[:digit:]])([[:alpha:]])', '\\1 \\2', 'g')`
  const apart = sql`regexp_replace(${split}, '${sql.raw(SYMBOLS)}', ' ', 'g')`
  const joined = sql`regexp_replace(${split}, '${sql.raw(SYMBOLS)}', '', 'g')`
  const words = sql`regexp_split_to_array(lower(${apart} || ' ' || ${joined}), '[[:space:]]+')`
  return sql`array_to_tsvector(array_remove(${words}, ''))`
}

// ASCII punctuation; other characters stay in their word, which is the same in every locale.
const SYMBOLS = '[!-/:-@\\[-`{-~]+'

/** The tsquery text that finds every word of `text` by its beginning, in any order; undefined without words. */
export function searchQuery(text: string): string | undefined {
  const words = text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{L})(\p{Nd})/gu, '$1 $2')
    .replace(/(\p{Nd})(\p{L})/gu, '$1 $2')
    .replace(/[!-/:-@[-`{-~]+/g, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '')
  if (words.length === 0) return undefined
  // Symbols are gone, quotes and backslashes among them, so quoting each word is all that tsquery's syntax needs.
  return words.map((word) => `'${word}':*`).join(' & ')
}
