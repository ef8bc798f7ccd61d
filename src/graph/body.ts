import type { ErrorDetail } from '../platform/errors.ts'
import { isGuid } from '../platform/ids.ts'
import { readProperty } from './body-values.ts'
import { isKindOf } from './entity.ts'
import { badProperty, badRequest } from './refusals.ts'
import type {
  ComplexType,
  ComplexValue,
  CreateValues,
  EntityType,
  Navigation,
  Properties,
  Property,
  UpdateValues,
} from './types.ts'

/** What a body is checked against. `parse` throws `Invalid` with one detail for each thing wrong. */
export interface BodySchema<T> {
  /** False: no body at all is read as `{}`. */
  readonly required: boolean
  parse(body: unknown): T
  /** Also takes text of these media types (`text/csv`), as it came. */
  readonly text?: { readonly types: readonly string[]; parse(text: string): T }
}

/** An object that a body refers to: `…/directoryObjects/{id}` or `…/users/{id}`. */
export interface Reference {
  /** The segment before the id, lower case. */
  readonly set: string
  readonly id: string
}

export interface EntityBody<Values> {
  /** Name of the type that the body is of: the entity itself, or the derived one that `@odata.type` names. */
  readonly type: string
  readonly values: Values
  /** `members@odata.bind` and the like, by navigation name (GRA-31, 32). */
  readonly bindings: ReadonlyMap<string, readonly Reference[]>
}

type Mode = 'create' | 'update'

export interface EntityBodyOptions {
  /** Types that `@odata.type` may name besides the entity; required to name one when the entity is abstract (GRA-8). */
  readonly derived?: readonly EntityType[]
}

/** The body of a POST that creates (GRA-30, 31): required, read-only, unknown, type, nullable, length. */
export const forCreate = <P extends Properties>(
  entity: EntityType<P>,
  options: EntityBodyOptions = {},
): BodySchema<EntityBody<CreateValues<P>>> => ({
  required: true,
  // What `readEntity` returns is built from the same table that CreateValues is computed from.
  parse: (body) => readEntity(entity, options.derived ?? [], body, 'create') as EntityBody<CreateValues<P>>,
})

/** The body of a PATCH (GRA-30): only what is supplied; null clears; an empty body changes nothing. */
export const forUpdate = <P extends Properties>(
  entity: EntityType<P>,
  options: EntityBodyOptions = {},
): BodySchema<EntityBody<UpdateValues<P>>> => ({
  required: false,
  parse: (body) => readEntity(entity, options.derived ?? [], body, 'update') as EntityBody<UpdateValues<P>>,
})

/** The parameters of an action, declared as a complex type; members marked `create: 'required'` must be there. */
export const parameters = <P extends Properties>(
  type: ComplexType<P>,
): BodySchema<CreateValues<P> & ComplexValue<P>> => ({
  required: Object.values(type.properties).some((property) => property.create === 'required'),
  parse: (body) => {
    const details: ErrorDetail[] = []
    const given = readObject(body)
    const values: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(given)) {
      if (name.startsWith('@') || name.includes('@odata.')) continue
      const property = Object.hasOwn(type.properties, name) ? type.properties[name] : undefined
      if (property !== undefined) values[name] = readProperty(property, value, name, details)
      else if (type.open) values[name] = value
      else details.push(unknown(name))
    }
    requireAll(type.properties, given, details)
    refuse(details)
    // Each member was read by its own entry of the table that the type is computed from.
    return values as CreateValues<P> & ComplexValue<P>
  },
})

/** The body of `POST …/$ref` (GRA-32). `sets`: segments that the reference may have, lower or camel case. */
export const reference = (sets: readonly string[]): BodySchema<Reference> => ({
  required: true,
  parse: (body) => {
    const given = readObject(body)
    const url = given['@odata.id']
    const others = Object.keys(given).filter((name) => !name.startsWith('@odata.'))
    refuse(others.map(unknown))
    const read = typeof url === 'string' ? readReference(url) : undefined
    const allowed = sets.map((set) => set.toLowerCase())
    if (read === undefined || !allowed.includes(read.set)) {
      throw badProperty('Invalid URL for @odata.id.', [
        { code: 'Invalid', message: 'It must end in /directoryObjects/{id}.', target: '@odata.id' },
      ])
    }
    return read
  },
})

function readEntity(
  entity: EntityType,
  derived: readonly EntityType[],
  body: unknown,
  mode: Mode,
): EntityBody<Record<string, unknown>> {
  const given = readObject(body)
  const details: ErrorDetail[] = []
  const type = typeOf(entity, derived, given['@odata.type'], mode)
  const values: Record<string, unknown> = {}
  const bindings = new Map<string, readonly Reference[]>()

  for (const [name, value] of Object.entries(given)) {
    if (name.endsWith('@odata.bind')) {
      readBinding(type, name, value, mode, bindings, details)
      continue
    }
    // Other annotations (`@odata.context`, `x@odata.type`) say nothing new and are skipped, as in Graph.
    if (name.includes('@')) continue
    // GRA-1 (P): member names in JSON match with case.
    const property = Object.hasOwn(type.properties, name) ? type.properties[name] : undefined
    if (property === undefined || property.undeclared === true) {
      if (type.open) values[name] = value
      else details.push(Object.hasOwn(type.navigation, name) ? readOnly(name) : unknown(name))
    } else if (!writable(property, mode)) {
      details.push(readOnly(name))
    } else {
      values[name] = readProperty(property, value, name, details)
    }
  }
  if (mode === 'create') requireAll(type.properties, given, details)
  refuse(details)
  return { type: type.name, values, bindings }
}

const writable = (property: Property, mode: Mode): boolean =>
  mode === 'create' ? property.create !== undefined : property.update === true

function typeOf(entity: EntityType, derived: readonly EntityType[], asked: unknown, mode: Mode): EntityType {
  if (asked === undefined) {
    if (!entity.abstract) return entity
    // GRA-8: a derived type must be named when it is created; an update may leave it out.
    if (mode === 'update') return entity
    throw badProperty('The property @odata.type is required.', [
      { code: 'Required', message: 'Name the type to create.', target: '@odata.type' },
    ])
  }
  const name = typeof asked === 'string' ? asked.replace(/^#?(?:microsoft\.graph|graph)\./i, '') : ''
  const type = [entity, ...derived].find(
    (one) => one.name.toLowerCase() === name.toLowerCase() && !one.abstract,
  )
  if (type === undefined || !isKindOf(type, entity.name)) {
    throw badProperty(`Invalid value for @odata.type.`, [
      { code: 'Invalid', message: `It must name a type derived from ${entity.name}.`, target: '@odata.type' },
    ])
  }
  return type
}

function requireAll(
  properties: Properties,
  given: Readonly<Record<string, unknown>>,
  details: ErrorDetail[],
): void {
  for (const [name, property] of Object.entries(properties)) {
    if (property.create !== 'required') continue
    const value = given[name]
    const reported = details.some((detail) => detail.target === name)
    if (!reported && (value === undefined || value === null || value === '')) {
      details.push({ code: 'Required', message: `A value is required for property '${name}'.`, target: name })
    }
  }
}

function readBinding(
  type: EntityType,
  name: string,
  value: unknown,
  mode: Mode,
  bindings: Map<string, readonly Reference[]>,
  details: ErrorDetail[],
): void {
  const navigationName = name.slice(0, -'@odata.bind'.length)
  const navigation: Navigation | undefined = Object.hasOwn(type.navigation, navigationName)
    ? type.navigation[navigationName]
    : undefined
  if (navigation === undefined) {
    details.push(unknown(navigationName))
    return
  }
  if (navigation.bind !== 'both' && navigation.bind !== mode) {
    details.push(readOnly(navigationName))
    return
  }
  const urls = navigation.collection ? value : [value]
  if (!Array.isArray(urls)) {
    details.push({ code: 'Invalid', message: `'${name}' must be an array of URLs.`, target: name })
    return
  }
  const limit = navigation.bindLimit ?? 20
  if (urls.length > limit) {
    details.push({
      code: 'Invalid',
      message: `At most ${limit} references can be given at once.`,
      target: name,
    })
    return
  }
  const references: Reference[] = []
  for (const url of urls) {
    const read = typeof url === 'string' ? readReference(url) : undefined
    if (read === undefined) {
      details.push({
        code: 'Invalid',
        message: 'A reference must end in /directoryObjects/{id}.',
        target: name,
      })
      return
    }
    references.push(read)
  }
  bindings.set(navigationName, references)
}

/**
 * The object that a URL names: `…/directoryObjects/{id}`, `users('{id}')`, absolute or relative. The host is not
 * looked at (GRA-32). Undefined when there is no set and GUID at its end.
 */
export function readReference(url: string): Reference | undefined {
  if (url.length > 2048) return undefined
  const match =
    /(?:^|\/)([a-z]+)(?:\/([0-9a-f-]{36})|\('([0-9a-f-]{36})'\))(?:\/microsoft\.\w[\w.]*)?\/?$/i.exec(url)
  const [, set = '', plain, quoted] = match ?? []
  const id = plain ?? quoted
  return id !== undefined && isGuid(id) ? { set: set.toLowerCase(), id: id.toLowerCase() } : undefined
}

function readObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest('The request body must be a JSON object.')
  }
  // Checked just above: a non-null object that is not an array.
  return body as Readonly<Record<string, unknown>>
}

const unknown = (name: string): ErrorDetail => ({
  code: 'UnknownProperty',
  message: `The property '${name}' does not exist.`,
  target: name,
})

const readOnly = (name: string): ErrorDetail => ({
  code: 'ReadOnly',
  message: `The property '${name}' is read-only here.`,
  target: name,
})

function refuse(details: readonly ErrorDetail[]): void {
  const [first] = details
  if (first === undefined) return
  throw badProperty(
    details.length === 1 ? first.message : `${first.message} ${details.length - 1} more in details.`,
    details,
  )
}
