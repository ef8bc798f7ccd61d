import { isCollection, isComplex } from './entity.ts'
import type { Preferences } from './negotiation.ts'
import { defaultProperties, type Query } from './query.ts'
import type { EntityType, GraphRow, ItemType, Properties, PropertyType } from './types.ts'
import { writeDateTime } from './values.ts'

/** What the presenter needs to know of the model and of the request. */
export interface Scene {
  /** Absolute URL of the version: `https://graph.example/v1.0`. */
  readonly root: string
  readonly query: Query | undefined
  readonly preferences: Preferences
  readonly findEntity: (name: string) => EntityType | undefined
}

/** `…/$metadata#users(id,displayName)` (GRA-7). */
export function contextUrl(scene: Scene, set: string, single: boolean): string {
  const { query } = scene
  const asked = [...(query?.select ?? [])]
  if (query?.expand !== undefined) asked.push(`${query.expand.name}(${query.expand.select?.join(',') ?? ''})`)
  const selected = asked.length === 0 ? '' : `(${asked.join(',')})`
  return `${scene.root}/$metadata#${set}${selected}${single ? '/$entity' : ''}`
}

/**
 * One object as JSON: the selected properties, or the default set of its own type, null where there is no value
 * (GRA-6), timestamps in UTC (GRA-5), `@odata.type` where the context does not say it (GRA-8).
 */
export function presentRow(
  entity: EntityType,
  row: GraphRow,
  typed: boolean,
  scene: Scene,
): Record<string, unknown> {
  const { select, expand } = scene.query ?? {}
  return presentObject(entity, row, typed, select, expand, scene)
}

function presentObject(
  entity: EntityType,
  row: GraphRow,
  typed: boolean,
  select: readonly string[] | undefined,
  expand: Query['expand'],
  scene: Scene,
): Record<string, unknown> {
  const { metadata } = scene.preferences
  const named = row['@odata.type']
  const type =
    (typeof named === 'string' ? scene.findEntity(named.replace(/^#microsoft\.graph\./, '')) : undefined) ??
    entity
  const answer: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (name.includes('@') && !(metadata === 'none' && name === '@odata.type')) answer[name] = value
  }
  if (metadata === 'full' || (typed && metadata !== 'none'))
    answer['@odata.type'] ??= `#microsoft.graph.${type.name}`
  const id = row[type.key]
  if (metadata === 'full' && typeof id === 'string')
    answer['@odata.id'] ??= `${scene.root}/${type.set}('${id}')`

  for (const name of shownProperties(type, select, row)) {
    const property = Object.hasOwn(type.properties, name) ? type.properties[name] : undefined
    // Write-only values read as null, as a password does in Graph.
    if (property !== undefined)
      answer[name] = presentValue(property.type, property.writeOnly ? null : row[name], scene)
    else if (type.open && row[name] !== undefined) answer[name] = row[name]
  }
  if (expand !== undefined && Object.hasOwn(row, expand.name)) {
    answer[expand.name] = presentRelated(expand, row[expand.name], scene)
  }
  return answer
}

// The key comes along even when it was not asked for, but not on types outside the directory (GRA-15).
function shownProperties(
  type: EntityType,
  select: readonly string[] | undefined,
  row: GraphRow,
): readonly string[] {
  if (select === undefined) return defaultProperties(type)
  const names = type.advancedQueries && !select.includes(type.key) ? [...select, type.key] : select
  return names.filter((name) => Object.hasOwn(type.properties, name) || Object.hasOwn(row, name))
}

function presentRelated(expand: NonNullable<Query['expand']>, related: unknown, scene: Scene): unknown {
  const target = scene.findEntity(expand.navigation.target)
  if (target === undefined || related === null || related === undefined) return related ?? null
  const typed = target.abstract
  // Both come from `load`, whose result type is rows.
  if (Array.isArray(related)) {
    return related.map((row: GraphRow) => presentObject(target, row, typed, expand.select, undefined, scene))
  }
  const { [expand.name]: above, ...row } = related as GraphRow
  const single = presentObject(target, row, typed, expand.select, undefined, scene)
  // `$levels`: a manager brings its own manager.
  return above === undefined ? single : { ...single, [expand.name]: presentRelated(expand, above, scene) }
}

/** Related objects that an answer shows unasked, each with the properties that its row has. */
export function presentAlong(
  {
    entity,
    row,
    related,
  }: { readonly entity: EntityType; readonly row: GraphRow; readonly related: readonly string[] },
  scene: Scene,
): Record<string, unknown> {
  const shown = related.map((name) => {
    const target = scene.findEntity(entity.navigation[name]?.target ?? '')
    if (target === undefined) throw new TypeError(`${entity.name} has no navigation '${name}'`)
    const present = (one: GraphRow) =>
      presentObject(target, one, target.abstract, Object.keys(one), undefined, scene)
    const value = row[name]
    // What handlers put there is a row or a list of rows.
    return [
      name,
      Array.isArray(value) ? value.map(present) : value == null ? null : present(value as GraphRow),
    ]
  })
  return Object.fromEntries(shown)
}

function presentValue(type: PropertyType, value: unknown, scene: Scene): unknown {
  if (isCollection(type)) {
    return Array.isArray(value) ? value.map((item) => presentItem(type.of, item, scene)) : []
  }
  return value === null || value === undefined ? null : presentItem(type, value, scene)
}

function presentItem(type: ItemType, value: unknown, scene: Scene): unknown {
  if (value === null || value === undefined) return null
  if (isComplex(type)) return presentComplex(type.properties, type.open, value, scene)
  if (typeof type !== 'string') {
    // GRA-5: a member that this client cannot know yet.
    const known = type.flags || type.members.some((member) => member === value)
    return known || scene.preferences.unknownEnumMembers ? value : 'unknownFutureValue'
  }
  switch (type) {
    case 'Edm.DateTimeOffset':
      return presentDateTime(value)
    case 'Edm.Guid':
      return String(value).toLowerCase()
    case 'Edm.Int64':
    case 'Edm.Int32':
    case 'Edm.Double':
      return Number(value)
    case 'Edm.Binary':
      return Buffer.isBuffer(value) ? value.toString('base64') : value
    default:
      return value
  }
}

function presentDateTime(value: unknown): unknown {
  if (value instanceof Date) return writeDateTime(value)
  if (typeof value !== 'string' || (value.endsWith('Z') && !value.endsWith('.000Z'))) return value
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? value : writeDateTime(date)
}

function presentComplex(properties: Properties, open: boolean, value: unknown, scene: Scene): unknown {
  if (typeof value !== 'object' || value === null) return value
  const given = new Map<string, unknown>(Object.entries(value))
  const answer: Record<string, unknown> = {}
  for (const [name, one] of given) if (name.includes('@')) answer[name] = one
  for (const [name, property] of Object.entries(properties)) {
    answer[name] = presentValue(property.type, property.writeOnly ? null : given.get(name), scene)
  }
  if (open) for (const [name, one] of given) if (!Object.hasOwn(properties, name)) answer[name] = one
  return answer
}
