import { findNavigation, findProperty } from './entity.ts'
import { NotImplemented, WrongMethod } from './errors.ts'
import { parsePath, type Segment } from './path.ts'
import { badRequest } from './refusals.ts'
import type { Method, Route, Surface } from './routes.ts'
import type { EntityType } from './types.ts'

export interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  /** `(appId='…')`: parameters to be looked up by another key before the handler runs. */
  readonly alternateKeys: readonly AlternateKey[]
  /** The path began with `/me`. */
  readonly me: boolean
}

export interface AlternateKey {
  readonly param: string
  readonly entity: EntityType
  readonly key: string
  readonly value: string
}

/** Stands for the caller's own id until the caller is known. No path can contain it. */
export const ME = '\0me'

export interface Router {
  /**
   * Finds the route. Throws 400 "Resource not found for the segment" for an unknown path, 405 for another method, 501
   * for what the model has but nobody serves yet. Under `/me` the user's key is `ME`.
   */
  match(surface: Surface, method: string, path: string): Match
}

interface Node {
  /** Reached by a key: an object, which exists in the model whether or not anything can be done with it. */
  readonly keyed: boolean
  /** Lower-case names; functions with arguments as `name(a,b)`. */
  readonly literals: Map<string, Node>
  parameter: Node | undefined
  readonly routes: Map<Method, Route>
  /** Names of the path's parameters up to here, per route. */
  readonly names: Map<Route, readonly string[]>
}

const newNode = (keyed = false): Node => ({
  keyed,
  literals: new Map(),
  parameter: undefined,
  routes: new Map(),
  names: new Map(),
})

type Step =
  | { readonly kind: 'literal'; readonly name: string }
  | { readonly kind: 'value'; readonly value: string }

/** Builds the one router of all routes. Throws `TypeError` when two routes answer the same request. */
export function createRouter(routes: readonly Route[], entities: readonly EntityType[]): Router {
  const roots = new Map<Surface, Node>()
  const sets = new Map(entities.map((entity) => [entity.set.toLowerCase(), entity]))
  const byName = new Map(entities.map((entity) => [entity.name, entity]))
  for (const surface of ['v1.0', 'beta', 'ext'] as const) roots.set(surface, newNode())
  for (const route of routes) {
    // `/beta` serves everything of v1.0 too.
    const surfaces: readonly Surface[] = route.surface === 'v1.0' ? ['v1.0', 'beta'] : [route.surface]
    for (const surface of surfaces) {
      const root = roots.get(surface)
      if (root !== undefined) add(root, route)
    }
  }

  return {
    match(surface, method, path) {
      const root = roots.get(surface) ?? newNode()
      const asked = parsePath(path)
      const isMe = asked[0]?.name.toLowerCase() === 'me' && asked[0].key === undefined
      const segments: readonly Segment[] = isMe ? [{ name: 'users', key: ME }, ...asked.slice(1)] : asked
      const found = walk(root, segments, 0, [])
      if (found === undefined) throw notFound(root, segments, asked, isMe)
      const route = found.node.routes.get(asMethod(method))
      if (route === undefined) {
        const allow = [...found.node.routes.keys()]
        // An object exists in the model, whatever can be done with it (GRA-33: 405); a mere prefix of other paths is
        // nothing itself.
        if (allow.length === 0 && !found.node.keyed) {
          throw isKnown(segments) ? new NotImplemented() : segmentNotFound(asked.at(-1)?.name ?? '')
        }
        throw new WrongMethod(allow)
      }
      const names = found.node.names.get(route) ?? []
      const params: Record<string, string> = {}
      const alternateKeys: AlternateKey[] = []
      for (const [index, bound] of found.values.entries()) {
        const name = names[index]
        if (name === undefined) continue
        params[name] = bound.value
        if (bound.alternate !== undefined) {
          alternateKeys.push({
            ...alternateOf(bound.prefix, bound.alternate),
            param: name,
            value: bound.value,
          })
        }
      }
      return { route, params, alternateKeys, me: isMe }
    },
  }

  function alternateOf(prefix: readonly string[], key: string): { entity: EntityType; key: string } {
    const entity = entityAt(prefix)
    const declared =
      entity && Object.keys(entity.alternateKeys).find((name) => name.toLowerCase() === key.toLowerCase())
    if (entity === undefined || declared === undefined) {
      throw badRequest(`'${key}' is not a key of '${prefix.at(-1) ?? ''}'.`)
    }
    return { entity, key: declared }
  }

  // The type of the collection that a path of literals names; `*` stands for a key.
  function entityAt(prefix: readonly string[]): EntityType | undefined {
    const path = prefix.join('/')
    const exact = sets.get(path) ?? sets.get(prefix.at(-1) ?? '')
    if (exact !== undefined) return exact
    const parent = prefix.at(-2) === '*' ? entityAt(prefix.slice(0, -2)) : undefined
    const navigation = parent && findNavigation(parent, prefix.at(-1) ?? '')
    return navigation === undefined ? undefined : byName.get(parent?.navigation[navigation]?.target ?? '')
  }

  // Declared in an entity's table, though no route serves it.
  function isKnown(segments: readonly Segment[]): boolean {
    const [set, ...rest] = segments
    const entity = set && sets.get(set.name.toLowerCase())
    if (entity === undefined || set === undefined) return false
    const below = set.key === undefined && set.named === undefined ? rest.slice(1) : rest
    const member = below[0]?.name
    // The property or relationship itself, or its `$count`, `$ref` or `$value`; not what lies further down.
    const further = below[1]?.name ?? '$'
    return (
      member !== undefined &&
      below.length <= 2 &&
      further.startsWith('$') &&
      (findProperty(entity, member) !== undefined || findNavigation(entity, member) !== undefined)
    )
  }

  function notFound(
    root: Node,
    segments: readonly Segment[],
    asked: readonly Segment[],
    isMe: boolean,
  ): Error {
    if (isKnown(segments)) return new NotImplemented()
    let reached = 0
    while (reached < segments.length && walk(root, segments.slice(0, reached + 1), 0, []) !== undefined)
      reached += 1
    const culprit = asked[reached]?.name ?? segments[reached]?.name ?? ''
    return segmentNotFound(isMe && reached === 0 ? 'me' : culprit)
  }
}

const segmentNotFound = (name: string) => badRequest(`Resource not found for the segment '${name}'.`)

function asMethod(method: string): Method {
  // HEAD is GET without a body (RFC 9110 §9.3.2). Any other text finds no route, which is the answer for it.
  return (method === 'HEAD' ? 'GET' : method) as Method
}

interface Bound {
  readonly value: string
  /** Name of the alternate key that the value was given by. */
  readonly alternate: string | undefined
  /** Lower-case literals before the value, keys as `*`. */
  readonly prefix: readonly string[]
}

interface Found {
  readonly node: Node
  readonly values: readonly Bound[]
}

// Literals first: `/users/delta` is a function, not a user called delta. Then the key, if that leads further.
function walk(
  node: Node,
  segments: readonly Segment[],
  at: number,
  values: readonly Bound[],
  prefix: readonly string[] = [],
): Found | undefined {
  const segment = segments[at]
  if (segment === undefined) return { node, values }
  let fallback: Found | undefined
  for (const name of spellings(segment)) {
    const literal = node.literals.get(name)
    const found = literal && walkArguments(literal, segment, segments, at, values, [...prefix, name])
    if (found !== undefined && found.node.routes.size > 0) return found
    fallback ??= found
  }
  const { parameter } = node
  const isKey = segment.key === undefined && segment.named === undefined && !/^$|^\$/.test(segment.name)
  if (parameter === undefined || !isKey) return fallback
  const bound: Bound = { value: segment.name, alternate: undefined, prefix }
  const found = walk(parameter, segments, at + 1, [...values, bound], [...prefix, '*'])
  return found !== undefined && (found.node.routes.size > 0 || fallback === undefined) ? found : fallback
}

function walkArguments(
  literal: Node,
  segment: Segment,
  segments: readonly Segment[],
  at: number,
  values: readonly Bound[],
  prefix: readonly string[],
): Found | undefined {
  if (segment.key !== undefined) {
    if (literal.parameter === undefined) return undefined
    const bound: Bound = { value: segment.key, alternate: undefined, prefix }
    return walk(literal.parameter, segments, at + 1, [...values, bound], [...prefix, '*'])
  }
  if (segment.named === undefined) return walk(literal, segments, at + 1, values, prefix)
  // A function with these arguments, else an alternate key.
  const names = [...segment.named.keys()].map((name) => name.toLowerCase()).sort()
  const call = literal.literals.get(`(${names.join(',')})`)
  if (call !== undefined) {
    const sorted = [...segment.named].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    const bounds = sorted.map(([, value]): Bound => ({ value, alternate: undefined, prefix }))
    return walk(call, segments, at + 1, [...values, ...bounds], prefix)
  }
  const [pair, ...more] = segment.named
  if (literal.parameter === undefined || pair === undefined || more.length > 0) return undefined
  const bound: Bound = { value: pair[1], alternate: pair[0], prefix }
  return walk(literal.parameter, segments, at + 1, [...values, bound], [...prefix, '*'])
}

// Names match without case, and bound functions may carry their namespace (GRA-1, 9).
function spellings({ name }: Segment): readonly string[] {
  const lower = name.toLowerCase()
  const bare = lower.replace(/^(?:microsoft\.graph|graph)\./, '')
  return bare === lower ? [lower] : [`microsoft.graph.${bare}`, bare]
}

function add(root: Node, route: Route): void {
  const names: string[] = []
  let node = root
  for (const step of steps(route.path)) {
    if (step.kind === 'value') {
      names.push(step.value)
      node.parameter ??= newNode(true)
      node = node.parameter
    } else {
      const next: Node = node.literals.get(step.name) ?? newNode()
      node.literals.set(step.name, next)
      node = next
    }
  }
  // Arguments are bound in the order of their names, whatever order they are written in.
  const call = /\(([^()]+)\)$/.exec(route.path)
  if (call !== null) {
    const pairs = (call[1] ?? '').split(',').map((pair) => {
      const [argument = '', pattern = ''] = pair.split('=').map((part) => part.trim())
      return { argument: argument.toLowerCase(), param: pattern.replace(/^\{|\}$/g, '') }
    })
    pairs.sort((a, b) => (a.argument < b.argument ? -1 : 1))
    const key = `(${pairs.map((pair) => pair.argument).join(',')})`
    const next: Node = node.literals.get(key) ?? newNode()
    node.literals.set(key, next)
    node = next
    names.push(...pairs.map((pair) => pair.param))
  }
  if (node.routes.has(route.method)) throw new TypeError(`Two routes answer ${route.method} ${route.path}`)
  node.routes.set(route.method, route)
  node.names.set(route, names)
}

function steps(path: string): readonly Step[] {
  return path
    .replace(/\([^()]*\)$/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      const param = /^\{(\w+)\}$/.exec(part)
      if (param?.[1] !== undefined) return { kind: 'value', value: param[1] }
      if (/[{}()]/.test(part)) throw new TypeError(`Route ${path}: '${part}' is not understood`)
      return { kind: 'literal', name: part.toLowerCase() }
    })
}
