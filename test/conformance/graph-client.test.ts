import { ClientSecretCredential } from '@azure/identity'
import {
  BatchRequestContent,
  BatchResponseContent,
  Client,
  type GraphError,
  PageIterator,
} from '@microsoft/microsoft-graph-client'
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js'
import type { User } from '@microsoft/microsoft-graph-types'
import { expect, test } from 'vitest'
import { testServer } from '../kit/server.ts'
import { trustAuthority } from '../kit/trust.ts'
import {
  type Daemon,
  makeDaemon,
  makeOrganisation,
  makePerson,
  type Organisation,
} from './organisation.fixture.ts'

const server = await testServer({ XENIA_TLS: 'self-signed' })
trustAuthority(server.caFile)
const contoso = await makeOrganisation(server.deployment)
const daemon = await makeDaemon(contoso, [
  'User.ReadWrite.All',
  'User.DeleteRestore.All',
  'Group.ReadWrite.All',
])
const client = connect(contoso, daemon)

function connect(organisation: Organisation, { clientId, clientSecret }: Daemon): Client {
  const credential = new ClientSecretCredential(organisation.id, clientId, clientSecret, {
    authorityHost: server.baseUrl,
    disableInstanceDiscovery: true,
  })
  return Client.initWithMiddleware({
    authProvider: new TokenCredentialAuthenticationProvider(credential, {
      scopes: [`${server.baseUrl}/.default`],
    }),
    baseUrl: server.baseUrl,
    customHosts: new Set(['localhost']),
  })
}

const newUser = (alias: string) => ({
  accountEnabled: true,
  displayName: `Person ${alias}`,
  mailNickname: alias,
  userPrincipalName: `${alias}@${contoso.domain}`,
  passwordProfile: { password: 'eleven quiet otters', forceChangePasswordNextSignIn: false },
})

test('GRA-16: PageIterator walks several hundred users, each exactly once and in order', async () => {
  const tailspin = await makeOrganisation(server.deployment)
  const reader = connect(tailspin, await makeDaemon(tailspin, ['User.Read.All']))
  const names = Array.from({ length: 350 }, (_, at) => `p${String(at).padStart(3, '0')}`)
  for (let at = 0; at < names.length; at += 50) {
    await Promise.all(names.slice(at, at + 50).map((name) => makePerson(tailspin, name)))
  }
  const first = await reader.api('/users').select(['id', 'displayName']).orderby('displayName').top(40).get()
  const seen: (string | null | undefined)[] = []
  const iterator = new PageIterator(reader, first, (user: User) => {
    seen.push(user.displayName)
    return true
  })
  await iterator.iterate()
  expect(iterator.isComplete()).toBe(true)
  expect(seen).toEqual(names)
})

test('a PageIterator that was stopped goes on where it stood', async () => {
  const tailspin = await makeOrganisation(server.deployment)
  const reader = connect(tailspin, await makeDaemon(tailspin, ['User.Read.All']))
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => makePerson(tailspin, name)))
  const first = await reader.api('/users').orderby('displayName').top(2).get()
  const seen: (string | null | undefined)[] = []
  const iterator = new PageIterator(reader, first, (user: User) => seen.push(user.displayName) !== 3)
  await iterator.iterate()
  expect(seen).toEqual(['a', 'b', 'c'])
  await iterator.resume()
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('users are created, read, changed, counted and deleted', async () => {
  const created: User = await client.api('/users').post(newUser('ada'))
  expect(created).toMatchObject({ displayName: 'Person ada', userPrincipalName: `ada@${contoso.domain}` })
  const at = `/users/${created.id}`
  await client.api(at).patch({ jobTitle: 'Engineer' })
  expect(await client.api(at).select(['jobTitle']).get()).toMatchObject({ jobTitle: 'Engineer' })
  const found = await client
    .api('/users')
    .header('ConsistencyLevel', 'eventual')
    .count(true)
    .search('"displayName:ada"')
    .get()
  expect(found).toMatchObject({ '@odata.count': 1, value: [{ id: created.id }] })
  await client.api(at).delete()
  await expect(client.api(at).get()).rejects.toMatchObject({ statusCode: 404 })
})

test('groups get members by reference and list them', async () => {
  const ada: User = await client.api('/users').post(newUser('member'))
  const group = await client
    .api('/groups')
    .post({ displayName: 'Team', mailEnabled: false, mailNickname: 'team', securityEnabled: true })
  await client
    .api(`/groups/${group.id}/members/$ref`)
    .post({ '@odata.id': `${server.baseUrl}/v1.0/directoryObjects/${ada.id}` })
  expect(await client.api(`/groups/${group.id}/members`).get()).toMatchObject({
    value: [{ '@odata.type': '#microsoft.graph.user', id: ada.id }],
  })
})

test('GRA-10: an error is a GraphError with status, code, message and request id', async () => {
  const failure: unknown = await client
    .api('/users/nobody@contoso.example')
    .get()
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({
    statusCode: 404,
    code: 'Request_ResourceNotFound',
    message: expect.stringContaining('nobody@contoso.example'),
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    date: expect.any(Date),
  } satisfies Partial<Record<keyof GraphError, unknown>>)
})

test('what the token does not allow is a GraphError with 403', async () => {
  await expect(client.api('/applications').get()).rejects.toMatchObject({
    statusCode: 403,
    code: 'Authorization_RequestDenied',
  })
})

test('GRA-41, 42: requests of a $batch that depend on each other run in order, each with an answer of its own', async () => {
  // The library keeps what stands behind the host; items of a batch name no version.
  const step = (id: string, path: string, init: RequestInit = {}, dependsOn?: string[]) => ({
    id,
    request: new Request(`${server.baseUrl}${path}`, init),
    ...(dependsOn === undefined ? {} : { dependsOn }),
  })
  const json = (method: string, body: unknown) => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const content = new BatchRequestContent([
    step('create', '/users', json('POST', newUser('batched'))),
    step('read', `/users/batched@${contoso.domain}`, {}, ['create']),
    step('missing', '/users/nobody@contoso.example', {}, ['read']),
  ])
  const answer = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()))
  expect(answer.getResponseById('create').status).toBe(201)
  const read = answer.getResponseById('read')
  expect(read.status).toBe(200)
  expect(await read.json()).toMatchObject({ displayName: 'Person batched' })
  expect(answer.getResponseById('missing').status).toBe(404)
})

test('GRA-40: a $batch of twenty requests passes, and each sees its own tenant only', async () => {
  const fabrikam = await makeOrganisation(server.deployment)
  const stranger = await makePerson(fabrikam, 'stranger')
  const content = new BatchRequestContent(
    Array.from({ length: 20 }, (_, at) => ({
      id: String(at),
      request: new Request(`${server.baseUrl}/users/${stranger.id}`),
    })),
  )
  const answer = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()))
  const statuses = [...answer.getResponses().values()].map(({ status }) => status)
  expect(statuses).toEqual(Array.from({ length: 20 }, () => 404))
})
