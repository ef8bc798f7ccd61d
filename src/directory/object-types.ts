import { callerHas, type EntityType, type GraphCaller, type MixedTypes, type Source } from '../graph/index.ts'
import type { DirectoryObjectType } from './directory-objects.ts'

interface ObjectType {
  readonly entity: EntityType
  /** Where its objects come from, deleted ones left out. */
  readonly source: Source
}

const types = new Map<string, ObjectType>()

/**
 * Declares an entity as a kind of directory object: its objects then show up, with their own properties, among
 * members, owners and in `directoryObjects`. Called where the entity is declared, so that entities which point at
 * each other need not import each other.
 */
export function objectType<E extends EntityType>(entity: E, source: Source): E {
  types.set(entity.name, { entity, source })
  return entity
}

// GRA-39. Any of these shows the properties of the type; without them only its id.
const readers: Readonly<Record<DirectoryObjectType, readonly string[]>> = {
  user: ['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All'],
  group: ['Group.Read.All', 'GroupMember.Read.All', 'Directory.Read.All'],
  servicePrincipal: ['Application.Read.All', 'Directory.Read.All'],
  application: ['Application.Read.All', 'Directory.Read.All'],
  directoryRole: ['RoleManagement.Read.Directory', 'Directory.Read.All'],
}

const isKnown = (type: string): type is DirectoryObjectType => Object.hasOwn(readers, type)

/** Does the caller's token show the properties of this type? */
export const maySeeType = (caller: GraphCaller, type: string): boolean =>
  callerHas(caller, ...(isKnown(type) ? readers[type] : ['Directory.Read.All']))

/** How the rows of a collection of mixed types are completed. */
export const mixedTypes = (): MixedTypes['types'] => Object.fromEntries(types)

/** Every entity that is declared as a directory object, for the types whose properties a `$select` may name. */
export const objectEntities = (): readonly EntityType[] => [...types.values()].map(({ entity }) => entity)
