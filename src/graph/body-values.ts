import type { ErrorDetail } from '../platform/errors.ts'
import { isGuid } from '../platform/ids.ts'
import { isCollection } from './entity.ts'
import type { CollectionType, ComplexType, EnumType, ItemType, PrimitiveType, Property } from './types.ts'
import { isDate, isDuration, readDateTime, readEnum } from './values.ts'

/**
 * Reads one property of a body by its table entry (GRA-30). What is wrong goes into `details` with its path as
 * target, so that one answer names everything; the value returned then is not used.
 */
export function readProperty(
  property: Property,
  value: unknown,
  target: string,
  details: ErrorDetail[],
): unknown {
  const { type } = property
  if (value === null) {
    if (property.nullable ?? !isCollection(type)) return null
    details.push(invalid(target, 'It cannot be null.'))
    return undefined
  }
  if (isCollection(type)) return readCollection(property, type, value, target, details)
  return readItem(property, type, value, target, details)
}

function readCollection(
  property: Property,
  type: CollectionType,
  value: unknown,
  target: string,
  details: ErrorDetail[],
): unknown {
  if (!Array.isArray(value)) {
    details.push(invalid(target, 'It must be an array.'))
    return undefined
  }
  if (property.maxItems !== undefined && value.length > property.maxItems) {
    details.push(invalid(target, `It can hold at most ${property.maxItems} items.`))
    return undefined
  }
  return value.map((one: unknown, index) => {
    const at = `${target}[${index}]`
    if (one !== null) return readItem(property, type.of, one, at, details)
    details.push(invalid(at, 'It cannot be null.'))
    return undefined
  })
}

function readItem(
  property: Property,
  type: ItemType,
  value: unknown,
  target: string,
  details: ErrorDetail[],
): unknown {
  if (typeof type !== 'string') {
    return type.kind === 'complex'
      ? readComplex(type, value, target, details)
      : readMember(type, value, target, details)
  }
  const read = readPrimitive(type, value)
  if (read === undefined) {
    details.push(invalid(target, `It must be of type ${type}.`))
    return undefined
  }
  // Characters as people count them; the column's limit counts the same way.
  if (property.maxLength !== undefined && typeof read === 'string' && longerThan(read, property.maxLength)) {
    details.push(invalid(target, `It can have at most ${property.maxLength} characters.`))
  }
  return read
}

function longerThan(text: string, most: number): boolean {
  return text.length > most && (text.length > 2 * most || [...text].length > most)
}

function readMember(type: EnumType, value: unknown, target: string, details: ErrorDetail[]): unknown {
  const read = typeof value === 'string' ? readEnum(type, value) : undefined
  if (read === undefined) {
    const known = type.members.filter((member) => member !== 'unknownFutureValue')
    details.push(invalid(target, `It must be one of: ${known.join(', ')}.`))
  }
  return read
}

function readComplex(type: ComplexType, value: unknown, target: string, details: ErrorDetail[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    details.push(invalid(target, 'It must be an object.'))
    return undefined
  }
  const members: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(value)) {
    if (name.includes('@')) continue
    const at = `${target}/${name}`
    const property = Object.hasOwn(type.properties, name) ? type.properties[name] : undefined
    if (property !== undefined) members[name] = readProperty(property, one, at, details)
    else if (type.open) members[name] = one
    else
      details.push({ code: 'UnknownProperty', message: `The property '${at}' does not exist.`, target: at })
  }
  for (const [name, property] of Object.entries(type.properties)) {
    if (
      property.create === 'required' &&
      members[name] == null &&
      !details.some((d) => d.target === `${target}/${name}`)
    ) {
      const at = `${target}/${name}`
      details.push({ code: 'Required', message: `A value is required for property '${at}'.`, target: at })
    }
  }
  return members
}

function readPrimitive(type: PrimitiveType, value: unknown): unknown {
  switch (type) {
    case 'Edm.String':
      return typeof value === 'string' ? value : undefined
    case 'Edm.Boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'Edm.Int32':
      return Number.isInteger(value) && Math.abs(Number(value)) <= 2_147_483_647 ? value : undefined
    case 'Edm.Int64':
      return Number.isSafeInteger(value) ? value : undefined
    case 'Edm.Double':
      return typeof value === 'number' ? value : undefined
    case 'Edm.DateTimeOffset':
      return typeof value === 'string' ? readDateTime(value)?.date : undefined
    case 'Edm.Date':
      return typeof value === 'string' && isDate(value) ? value : undefined
    case 'Edm.Guid':
      return typeof value === 'string' && isGuid(value) ? value.toLowerCase() : undefined
    case 'Edm.Duration':
      return typeof value === 'string' && isDuration(value) ? value : undefined
    case 'Edm.Binary':
      return typeof value === 'string' && isBase64(value) ? value : undefined
  }
}

// Both alphabets: OData says base64url, Graph's clients send plain base64.
const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/_-]*={0,2}$/.test(text)

const invalid = (target: string, problem: string): ErrorDetail => ({
  code: 'Invalid',
  message: `Invalid value specified for property '${target}'. ${problem}`,
  target,
})
