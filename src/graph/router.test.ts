import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Invalid } from '../platform/errors.ts'
import { NotImplemented, WrongMethod } from './errors.ts'
import { boat, boatRoutes, directoryObject } from './example.fixture.ts'
import { parsePath } from './path.ts'
import { noContent } from './responses.ts'
import { createRouter, ME } from './router.ts'
import { type Method, route, type Surface } from './routes.ts'

const at = (method: Method, path: string, surface: Surface = 'v1.0') =>
  route({ method, path, surface, permissions: 'signedIn', handle: async () => noContent() })

const router = createRouter(
  [
    ...boatRoutes,
    at('GET', '/boats/delta'),
    at('GET', '/boats/{id}/crew'),
    at('GET', '/boats/{id}/crew/microsoft.graph.boat'),
    at('GET', '/boats/{boatId}/crew/{memberId}/$ref'),
    at('POST', '/boats/{id}/launch'),
    at('GET', '/reports/summary(period={period},kind={kind})'),
    at('GET', '/users/{id}'),
    at('GET', '/users/{id}/memberOf'),
    at('GET', '/auditLogs/voyages'),
    at('GET', '/only', 'beta'),
    at('GET', '/invitations', 'ext'),
  ],
  [directoryObject, boat],
)
const match = (path: string, method = 'GET', surface: Surface = 'v1.0') => router.match(surface, method, path)
const found = (path: string, method = 'GET') => {
  const { route: one, params } = match(path, method)
  return { path: one.path, params }
}

describe('how a path may be written', () => {
  test.each([
    ['/boats/a1', '/boats/{id}', { id: 'a1' }],
    ["/boats('a1')", '/boats/{id}', { id: 'a1' }],
    ['/BOATS/a1/', '/boats/{id}', { id: 'a1' }],
    ["/boats('o''neil')", '/boats/{id}', { id: "o'neil" }],
    ["/boats/o'neil", '/boats/{id}', { id: "o'neil" }],
    ['/boats/a%23EXT%23%40b', '/boats/{id}', { id: 'a#EXT#@b' }],
    ["/boats('a%2Fb')", '/boats/{id}', { id: 'a/b' }],
    ["/boats('a/b')", '/boats/{id}', { id: 'a/b' }],
    ['/boats/a(b)c', '/boats/{id}', { id: 'a(b)c' }],
    ['/boats/delta', '/boats/delta', {}],
    ['/boats/delta()', '/boats/delta', {}],
    ['/boats/microsoft.graph.delta()', '/boats/delta', {}],
    ['/boats/$count', '/boats/$count', {}],
    ['/boats/delta/crew', '/boats/{id}/crew', { id: 'delta' }],
    ['/boats/a1/crew/graph.boat', '/boats/{id}/crew/microsoft.graph.boat', { id: 'a1' }],
    ["/boats('a1')/crew('m')/$ref", '/boats/{boatId}/crew/{memberId}/$ref', { boatId: 'a1', memberId: 'm' }],
    [
      "/reports/summary(kind='x',period='D7')",
      '/reports/summary(period={period},kind={kind})',
      { kind: 'x', period: 'D7' },
    ],
  ])('GRA-1, 9: %s', (path, expected, params) => {
    expect(found(path)).toEqual({ path: expected, params })
  })

  test('GRA-1: methods of one path may name its keys differently', () => {
    expect(found('/boats/a/crew/b/$ref', 'DELETE').params).toEqual({ id: 'a', memberId: 'b' })
  })

  test('GRA-1: an alternate key is found by name, whatever its case', () => {
    expect(match("/boats(RegistryNumber='N-1')/crew")).toMatchObject({
      params: { id: 'N-1' },
      alternateKeys: [{ param: 'id', key: 'registryNumber', value: 'N-1', entity: { name: 'boat' } }],
    })
    expect(() => match("/boats(colour='red')")).toThrow("'colour' is not a key of 'boats'")
  })

  test('GRA-2: /me stands for the caller’s own user', () => {
    expect(match('/me')).toMatchObject({ me: true, params: { id: ME } })
    expect(match('/Me/memberOf')).toMatchObject({ me: true, route: { path: '/users/{id}/memberOf' } })
    expect(match('/users/me').me).toBe(false)
  })

  test('beta serves what v1.0 serves, and more; ext is apart', () => {
    expect(match('/boats/a', 'GET', 'beta').route.path).toBe('/boats/{id}')
    expect(match('/only', 'GET', 'beta').route.path).toBe('/only')
    expect(() => match('/only')).toThrow("segment 'only'")
    expect(match('/invitations', 'GET', 'ext').route.path).toBe('/invitations')
    expect(() => match('/boats/a', 'GET', 'ext')).toThrow("segment 'boats'")
  })
})

describe('what is answered when nothing fits', () => {
  test.each([
    ['/sails', 'sails'],
    ['/boats/a/sails', 'sails'],
    ['/boats/a/crew/b/c', 'c'],
    ['/me/sails', 'sails'],
    ['/auditLogs', 'auditLogs'],
    ['/boats/$value', '$value'],
    ['//boats', ''],
  ])('GRA-11: %s', (path, segment) => {
    const message = `Resource not found for the segment '${segment}'.`
    expect(() => match(path)).toThrow(expect.objectContaining({ message, code: 'BadRequest' }))
  })

  test('GRA-11: another method is 405 and says which would do', () => {
    try {
      match('/boats/a', 'PUT')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(WrongMethod)
      expect(error).toMatchObject({ allow: ['GET', 'PATCH'] })
    }
  })

  test('GRA-33: deleting a member without $ref is 405', () => {
    expect(() => match('/boats/a/crew/b', 'DELETE')).toThrow(WrongMethod)
  })

  test('GRA-11: what the model declares and nobody serves is 501', () => {
    for (const path of ['/boats/a/berthPlace', '/boats/a/displayName', "/boats('a')/BerthPlace"]) {
      expect(() => match(path)).toThrow(NotImplemented)
    }
  })

  test.each(['/boats/%zz', '/boats/%00', "/boats('a", "/boats(a'b)", '/boats/%ff'])(
    'GRA-11: %s is refused',
    (path) => {
      expect(() => match(path)).toThrow(expect.objectContaining({ code: 'BadRequest' }))
    },
  )

  test('GRA-1: no path makes the parser fail with anything but a 400', () => {
    const piece = fc.oneof(
      fc.constantFrom('/', "'", '(', ')', '=', ',', '%27', '%', 'boats', '$ref'),
      fc.string({ maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parsePath(pieces.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(Invalid)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('two routes for the same request are found at start', () => {
    expect(() => createRouter([at('GET', '/a/{x}'), at('GET', '/A/{y}')], [])).toThrow('Two routes')
    expect(() => createRouter([at('GET', '/a/{x}b')], [])).toThrow('not understood')
  })
})
