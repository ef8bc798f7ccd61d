import { beforeAll, describe, expect, test, vi } from 'vitest'
import { DEFAULT_ACCESS, latestPosition } from '../../src/directory/index.ts'
import { testServer } from '../kit/server.ts'
import { makeGraphToken } from './graph-token.fixture.ts'
import { fill, type Holdings } from './holdings.fixture.ts'
import { makeOrganisation, type Organisation, register } from './organisation.fixture.ts'

/**
 * Generated from the table of routes, so that a route that is added tomorrow is tried, too: without a token, with a
 * wrong one, and with the ids of another tenant in every position.
 */
const server = await testServer()
const upload = [
  'version:v1.0',
  '[inviteeEmail],[inviteRedirectURL]',
  'other@elsewhere.example,https://app.example/',
].join('\n')
const { deployment, graph } = server
const [contoso, fabrikam] = [await makeOrganisation(deployment), await makeOrganisation(deployment)]
const { holdings: ours, token: ourToken } = await settle(contoso, 'guestInviter')
const { holdings: theirs, token: theirToken } = await settle(fabrikam, 'securityReader')

async function settle(organisation: Organisation, ownRole: Parameters<typeof fill>[1]) {
  const filled = await fill(organisation, ownRole)
  const token = await tokenOf(organisation, filled)
  // GRA-7: a created object has an id.
  const create = async (path: string, body: unknown): Promise<string> => {
    const answer = await fetch(`${server.baseUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { id } = (await answer.json()) as { readonly id: string }
    return id
  }
  const holdings: Holdings = {
    ...filled,
    invitations: await create('/v1.0/invitations', {
      invitedUserEmailAddress: 'guest@elsewhere.example',
      inviteRedirectUrl: 'https://app.example/',
    }),
    bulk: await create('/ext/v1.0/invitations/bulk', { csv: upload }),
  }
  // Its job changes the tenant, too; the last test looks for changes of others.
  await vi.waitFor(async () => {
    const answer = await fetch(`${server.baseUrl}/ext/v1.0/invitations/bulk/${holdings['bulk']}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await answer.json()).toMatchObject({ status: 'completed' })
  }, 30_000)
  return { holdings, token }
}

async function tokenOf(organisation: Organisation, holdings: Holdings, signer = organisation) {
  const { application } = await register(organisation, { displayName: 'Console' })
  return makeGraphToken(
    deployment,
    organisation,
    { azp: application.appId, oid: holdings['users'] ?? '' },
    signer,
  )
}

const routes = graph.routeList.map((route) => ({
  name: `${route.method} ${route.surface === 'ext' ? '/ext' : ''}${route.path}`,
  ...route,
  root: route.surface === 'ext' ? '/ext/v1.0' : `/${route.surface}`,
  positions: positionsOf(route.path),
}))

/** The kind of object that each key in the path names. */
function positionsOf(path: string): readonly string[] {
  const segments = path.split('/').slice(1)
  return segments.flatMap((segment, at) => {
    if (!segment.startsWith('{')) return []
    const before = segments[at - 1] ?? ''
    return /^appRole/.test(before) ? [`${segments[0]} ${before}`] : [before]
  })
}

const pathWith = (path: string, ids: readonly string[]): string => {
  const left = [...ids]
  return path.replace(/\{\w+\}/g, () => encodeURIComponent(left.shift() ?? ''))
}

const nowhere = '00000000-0000-4000-8000-000000000000'

/**
 * A body that passes every check up to the look-up of what it and the path name. What repeats a key of the path is
 * from `path`, everything else from `named`.
 */
function bodyFor(
  { method, path }: { readonly method: string; readonly path: string },
  { path: own, named }: { readonly path: Holdings; readonly named: Holdings },
): unknown {
  if (method === 'GET' || method === 'DELETE') return undefined
  const [, set = '', , last = ''] = path.split('/')
  if (path.endsWith('/$ref'))
    return { '@odata.id': `${server.baseUrl}/v1.0/directoryObjects/${named['directoryObjects']}` }
  if (last === 'checkMemberGroups') return { groupIds: [named['groups']] }
  if (last === 'checkMemberObjects') return { ids: [named['groups']] }
  if (/^getMember/.test(last)) return { securityEnabledOnly: false }
  if (last === 'removePassword') return { keyId: nowhere }
  const appRoleId = DEFAULT_ACCESS
  if (last === 'appRoleAssignments')
    return { principalId: own[set], resourceId: named['servicePrincipals'], appRoleId }
  if (last === 'appRoleAssignedTo')
    return { principalId: named['users'], resourceId: own['servicePrincipals'], appRoleId }
  return {}
}

async function send(
  { method, path, root }: (typeof routes)[number],
  ids: readonly string[],
  token: string | null,
  body: unknown,
) {
  const response = await fetch(`${server.baseUrl}${root}${pathWith(path, ids)}`, {
    method,
    headers: {
      consistencylevel: 'eventual',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer: unknown = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text
  return { status: response.status, challenge: response.headers.get('www-authenticate'), answer }
}

const idsOf = (positions: readonly string[], holdings: Holdings): readonly string[] =>
  positions.map((kind) => {
    const id = holdings[kind]
    if (id === undefined) throw new Error(`Give the tenants of this test a thing of kind "${kind}".`)
    return id
  })

describe('GRA-11: whoever has no token of the tenant for Graph is refused with 401', async () => {
  const { application } = await register(contoso, { displayName: 'Console' })
  const claims = { azp: application.appId, oid: ours['users'] ?? '' }
  const past = Math.floor(Date.now() / 1000) - 7200
  const tokens = {
    none: null,
    'not a token': 'x.y.z',
    'for another audience': await makeGraphToken(deployment, contoso, { ...claims, aud: application.appId }),
    expired: await makeGraphToken(deployment, contoso, { ...claims, iat: past, nbf: past, exp: past + 3600 }),
    'signed by another tenant': await makeGraphToken(deployment, contoso, claims, fabrikam),
    'of an application of another tenant': await makeGraphToken(deployment, fabrikam, {
      ...claims,
      oid: theirs['users'] ?? '',
    }),
    'of a person of another tenant': await makeGraphToken(deployment, fabrikam, {
      azp: application.appId,
      oid: ours['users'] ?? '',
    }),
  }

  test.each(routes)('$name', async (route) => {
    const ids = idsOf(
      route.positions.map((kind) => (kind === 'directoryRoleTemplates' ? 'directoryRoles' : kind)),
      ours,
    )
    for (const [kind, token] of Object.entries(tokens)) {
      const { status, challenge, answer } = await send(
        route,
        ids,
        token,
        bodyFor(route, { path: ours, named: ours }),
      )
      expect({ kind, status, challenge, answer }).toMatchObject({
        kind,
        status: 401,
        challenge: expect.stringMatching(/^Bearer /),
        answer: { error: { code: 'InvalidAuthenticationToken' } },
      })
    }
  })
})

const keyed = routes.filter(
  ({ path, surface, positions }) =>
    positions.length > 0 &&
    // The catalogue of roles is the same for everybody and belongs to no tenant.
    !positions.includes('directoryRoleTemplates') &&
    // Not served (405) to anybody: Graph lists no invitations, `/ext` does.
    !(surface === 'v1.0' && path === '/invitations/{id}'),
)

describe('its own administrator gets what another tenant is refused', () => {
  test.each(keyed.filter(({ method }) => method === 'GET'))('$name', async (route) => {
    const { status, answer } = await send(route, idsOf(route.positions, ours), ourToken, undefined)
    expect({ status, answer }).toMatchObject({ status: 200 })
  })
})

describe('GRA-12: ids of another tenant are 404 in every position', () => {
  test.each(keyed)('$name', async (route) => {
    const [own, foreign] = [idsOf(route.positions, theirs), idsOf(route.positions, ours)]
    // Every mixture of own and foreign keys with at least one foreign one.
    for (let mask = 1; mask < 2 ** own.length; mask += 1) {
      const ids = own.map((id, at) => ((mask >> at) & 1 ? (foreign[at] ?? '') : id))
      const { status, answer } = await send(
        route,
        ids,
        theirToken,
        bodyFor(route, { path: theirs, named: theirs }),
      )
      expect({ ids, status, answer }).toMatchObject({
        status: 404,
        answer: { error: { code: 'Request_ResourceNotFound' } },
      })
    }
  })

  const naming = keyed.filter((route) => {
    const [one, other] = [ours, theirs].map((named) =>
      JSON.stringify(bodyFor(route, { path: theirs, named })),
    )
    return one !== other && !/checkMember/.test(route.path)
  })

  test.each(naming)('$name, with the foreign id in the body', async (route) => {
    const body = bodyFor(route, { path: theirs, named: ours })
    const { status, answer } = await send(route, idsOf(route.positions, theirs), theirToken, body)
    expect({ status, answer }).toMatchObject({
      status: 404,
      answer: { error: { code: 'Request_ResourceNotFound' } },
    })
  })

  test.each(keyed.filter(({ path }) => /checkMember/.test(path)))(
    '$name finds no membership in a foreign group',
    async (route) => {
      const body = bodyFor(route, { path: theirs, named: ours })
      const { status, answer } = await send(route, idsOf(route.positions, theirs), theirToken, body)
      expect({ status, answer }).toMatchObject({ status: 200, answer: { value: [] } })
    },
  )
})

let before: Awaited<ReturnType<typeof stateOf>>
beforeAll(async () => {
  before = await stateOf(contoso)
})

const stateOf = ({ ctx }: Organisation) =>
  ctx.db.transaction(async (tx) => {
    const audits = await tx.selectFrom('directory_audits').select('id').execute()
    return { position: await latestPosition(tx), audits: audits.length }
  })

test('after all that, nothing in the tenant has changed', async () => {
  expect(await stateOf(contoso)).toEqual(before)
})
