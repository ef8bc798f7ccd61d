import { isCollection } from './entity.ts'
import type {
  ComplexType,
  EntityType,
  EnumType,
  ItemType,
  Properties,
  Property,
  PropertyType,
} from './types.ts'

/** The CSDL of everything declared (`/v1.0/$metadata`), in Graph's namespace. */
export function writeMetadata(entities: readonly EntityType[]): string {
  const { enums, complexes } = usedTypes(entities)
  const sets = entities.filter((entity) => !entity.set.includes('/'))
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">',
    '<edmx:DataServices>',
    '<Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">',
    ...enums.flatMap(writeEnum),
    ...complexes.flatMap(writeComplex),
    ...entities.flatMap(writeEntity),
    '<EntityContainer Name="GraphService">',
    ...sets.map((entity) =>
      entity.singleton
        ? `<Singleton Name="${entity.set}" Type="graph.${entity.name}"/>`
        : `<EntitySet Name="${entity.set}" EntityType="graph.${entity.name}"/>`,
    ),
    '</EntityContainer>',
    '</Schema>',
    '</edmx:DataServices>',
    '</edmx:Edmx>',
  ]
  return lines.join('\n')
}

/** The service document (`/v1.0/`): what can be asked for at the top. */
export function serviceDocument(entities: readonly EntityType[], root: string): Record<string, unknown> {
  return {
    '@odata.context': `${root}/$metadata`,
    value: entities
      .filter((entity) => !entity.set.includes('/'))
      .map(({ set, singleton }) => ({ name: set, kind: singleton ? 'Singleton' : 'EntitySet', url: set })),
  }
}

function writeEntity(entity: EntityType): readonly string[] {
  const base = entity.base === undefined ? '' : ` BaseType="graph.${entity.base.name}"`
  const flags = `${entity.abstract ? ' Abstract="true"' : ''}${entity.open ? ' OpenType="true"' : ''}`
  const own = Object.entries(entity.properties).filter(
    ([name, { undeclared }]) => entity.own.has(name) && !undeclared,
  )
  const key = entity.base === undefined ? [`<Key><PropertyRef Name="${entity.key}"/></Key>`] : []
  const navigation = Object.entries(entity.navigation)
    .filter(([name]) => entity.own.has(name))
    .map(([name, { target, collection, contained }]) => {
      const type = collection ? `Collection(graph.${target})` : `graph.${target}`
      return `<NavigationProperty Name="${name}" Type="${type}"${contained ? ' ContainsTarget="true"' : ''}/>`
    })
  return [
    `<EntityType Name="${entity.name}"${base}${flags}>`,
    ...key,
    ...own.map(([name, property]) => writeProperty(name, property)),
    ...navigation,
    '</EntityType>',
  ]
}

function writeComplex(type: ComplexType): readonly string[] {
  return [
    `<ComplexType Name="${type.name}"${type.open ? ' OpenType="true"' : ''}>`,
    ...Object.entries(type.properties).map(([name, property]) => writeProperty(name, property)),
    '</ComplexType>',
  ]
}

function writeEnum(type: EnumType): readonly string[] {
  return [
    `<EnumType Name="${type.name}"${type.flags ? ' IsFlags="true"' : ''}>`,
    ...type.members.map(
      (member, index) => `<Member Name="${member}" Value="${type.flags ? 2 ** index : index}"/>`,
    ),
    '</EnumType>',
  ]
}

function writeProperty(name: string, property: Property): string {
  const nullable = property.nullable ?? !isCollection(property.type)
  const length = property.maxLength === undefined ? '' : ` MaxLength="${property.maxLength}"`
  return `<Property Name="${name}" Type="${typeName(property.type)}"${nullable ? '' : ' Nullable="false"'}${length}/>`
}

function typeName(type: PropertyType): string {
  if (isCollection(type)) return `Collection(${typeName(type.of)})`
  return typeof type === 'string' ? type : `graph.${type.name}`
}

// Enums and complex types are declared where they are used; two different ones of one name would be a lie.
function usedTypes(entities: readonly EntityType[]): {
  readonly enums: readonly EnumType[]
  readonly complexes: readonly ComplexType[]
} {
  const enums = new Map<string, EnumType>()
  const complexes = new Map<string, ComplexType>()
  const visit = (properties: Properties) => {
    for (const { type } of Object.values(properties)) visitType(isCollection(type) ? type.of : type)
  }
  const visitType = (type: ItemType) => {
    if (typeof type === 'string') return
    const known = enums.get(type.name) ?? complexes.get(type.name)
    if (known === type) return
    if (known !== undefined) throw new TypeError(`Two types are called '${type.name}'`)
    if (type.kind === 'enum') {
      enums.set(type.name, type)
      return
    }
    complexes.set(type.name, type)
    visit(type.properties)
  }
  for (const entity of entities) visit(entity.properties)
  return { enums: [...enums.values()], complexes: [...complexes.values()] }
}
