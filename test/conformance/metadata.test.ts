import { parse } from '@sap-ux/edmx-parser'
import { expect, test } from 'vitest'
import { testServer } from '../kit/server.ts'

// The parser's own types are not installed, so what it returns is untyped.
interface ParsedType {
  readonly name: string
  readonly fullyQualifiedName: string
  readonly navigationProperties: readonly { readonly name: string; readonly targetTypeName: string }[]
}

const server = await testServer()
const response = await fetch(`${server.baseUrl}/v1.0/$metadata`)
const { schema, version } = parse(await response.text())
const entityTypes: readonly ParsedType[] = schema.entityTypes
const sets: readonly { readonly name: string; readonly entityTypeName: string }[] = schema.entitySets

test('$metadata is served to anyone as XML that a foreign OData library reads', () => {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/xml;charset=utf-8')
  expect(version).toBe('4.0')
  expect(sets.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'users',
      'groups',
      'applications',
      'servicePrincipals',
      'oauth2PermissionGrants',
      'directoryRoles',
      'organization',
      'domains',
    ]),
  )
})

test('every entity set and relationship in $metadata leads to a type that is there', () => {
  const known = new Set(entityTypes.map(({ fullyQualifiedName }) => fullyQualifiedName))
  const wanted = [
    ...sets.map(({ name, entityTypeName }) => ({ at: name, type: entityTypeName })),
    ...entityTypes.flatMap(({ name, navigationProperties }) =>
      navigationProperties.map((navigation) => ({
        at: `${name}/${navigation.name}`,
        type: navigation.targetTypeName,
      })),
    ),
  ]
  expect(wanted.filter(({ type }) => !known.has(type))).toEqual([])
  expect(wanted.length).toBeGreaterThan(20)
})

test('every collection that a route serves without a key is an entity set of $metadata', () => {
  const named = new Set(sets.map(({ name }) => name))
  const served = server.graph.routeList
    .filter(
      ({ method, surface, query }) => method === 'GET' && surface === 'v1.0' && query?.kind === 'collection',
    )
    .map(({ path }) => path.slice(1))
    .filter((path) => !path.includes('/'))
  expect(served.length).toBeGreaterThan(8)
  expect(served.filter((path) => !named.has(path))).toEqual([])
})
