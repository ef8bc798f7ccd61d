import { isGuid } from '../platform/ids.ts'
import type { Literal } from './odata/ast.ts'
import type { FieldValue } from './predicate.ts'
import type { EnumType, PrimitiveType } from './types.ts'

// XML Schema's dayTimeDuration and yearMonthDuration, of which Edm.Duration uses the former; Graph writes both.
const DURATION =
  /^-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)$/i
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const INT64_MAX = 9_223_372_036_854_775_807n

export const isDuration = (text: string): boolean => DURATION.test(text)

/** A real day of the calendar, year 1 to 9999. */
export function isDate(text: string): boolean {
  const match = DATE.exec(text)
  if (match === null) return false
  const [, year = '', month = '', day = ''] = match
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return Number(year) > 0 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/**
 * Reads an ISO 8601 moment with its offset; undefined when it is not one. `text` is the same moment in UTC with
 * all its digits, since a `Date` keeps milliseconds only and PostgreSQL microseconds.
 */
export function readDateTime(text: string): { readonly date: Date; readonly text: string } | undefined {
  const match = DATE_TIME.exec(text)
  if (match === null) return undefined
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '00',
    fraction = '',
    offset = '',
  ] = match
  if (!isDate(`${year}-${month}-${day}`)) return undefined
  const whole = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset.toUpperCase()}`)
  if (Number.isNaN(whole.getTime())) return undefined
  const utc = whole.toISOString()
  // An offset may push the first or last moments out of the years that both sides can write.
  if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return undefined
  return {
    date: new Date(whole.getTime() + Math.floor(Number(`0${fraction}`) * 1000)),
    text: `${utc.slice(0, 19)}${fraction.slice(0, 7)}Z`,
  }
}

/** Makes a literal fit for a property of `type`; undefined when it is of another type (GRA-19). */
export function readLiteral(
  type: PrimitiveType | EnumType,
  literal: Exclude<Literal, { kind: 'null' }>,
): FieldValue | undefined {
  if (typeof type !== 'string') return readEnumLiteral(type, literal)
  switch (type) {
    case 'Edm.String':
    case 'Edm.Binary':
      return literal.kind === 'string' ? literal.value : undefined
    case 'Edm.Boolean':
      return literal.kind === 'boolean' ? literal.value : undefined
    case 'Edm.Guid':
      if (literal.kind === 'guid') return literal.value
      // Quoted GUIDs are common in scripts, and there is nothing else that they could mean.
      return literal.kind === 'string' && isGuid(literal.value) ? literal.value.toLowerCase() : undefined
    case 'Edm.Int32':
    case 'Edm.Int64': {
      if (literal.kind !== 'number' || !/^-?\d{1,19}$/.test(literal.text)) return undefined
      const value = BigInt(literal.text)
      return value <= INT64_MAX && value >= -INT64_MAX ? literal.text : undefined
    }
    case 'Edm.Double':
      return literal.kind === 'number' && Number.isFinite(Number(literal.text)) ? literal.text : undefined
    case 'Edm.DateTimeOffset':
      if (literal.kind === 'date') return isDate(literal.value) ? `${literal.value}T00:00:00Z` : undefined
      return literal.kind === 'dateTime' ? readDateTime(literal.value)?.text : undefined
    case 'Edm.Date':
      return literal.kind === 'date' && isDate(literal.value) ? literal.value : undefined
    case 'Edm.Duration':
      return literal.kind === 'duration' && isDuration(literal.value) ? literal.value : undefined
  }
}

function readEnumLiteral(type: EnumType, literal: Literal): string | undefined {
  if (literal.kind !== 'string' && literal.kind !== 'enum') return undefined
  return readEnum(type, literal.value)
}

/** One member, or several comma-joined ones of a flags enum, in declared order and spelling (GRA-5). */
export function readEnum(type: EnumType, text: string): string | undefined {
  const asked = type.flags ? text.split(',').map((part) => part.trim()) : [text]
  if (!asked.every((member) => type.members.includes(member))) return undefined
  return type.flags ? type.members.filter((member) => asked.includes(member)).join(',') : text
}

/** GRA-5: UTC with `Z`, no fraction when it is zero. */
export function writeDateTime(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}
