import { ClientSecretCredential } from '@azure/identity'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { testServer } from '../kit/server.ts'
import { trustAuthority } from '../kit/trust.ts'
import { makeDaemon, makeOrganisation } from './organisation.fixture.ts'

const server = await testServer({ XENIA_TLS: 'self-signed' })
trustAuthority(server.caFile)
const contoso = await makeOrganisation(server.deployment)
const daemon = await makeDaemon(contoso, ['User.Read.All'])
const options = { authorityHost: server.baseUrl, disableInstanceDiscovery: true }
const graph = 'https://graph.microsoft.com/.default'

test('ClientSecretCredential gets a token for Graph, keeps it, and Graph takes it', async () => {
  const credential = new ClientSecretCredential(contoso.id, daemon.clientId, daemon.clientSecret, options)
  const first = await credential.getToken(graph)
  expect(decodeJwt(first.token)).toMatchObject({
    iss: `${server.baseUrl}/${contoso.id}/v2.0`,
    tid: contoso.id,
    azp: daemon.clientId,
    roles: ['User.Read.All'],
  })
  expect(first.expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_500_000)
  expect((await credential.getToken(graph)).token).toBe(first.token)
  const users = await fetch(`${server.baseUrl}/v1.0/users`, {
    headers: { authorization: `Bearer ${first.token}` },
  })
  expect(users.status).toBe(200)
})

test('ClientSecretCredential reaches the tenant by its domain, too', async () => {
  const credential = new ClientSecretCredential(contoso.domain, daemon.clientId, daemon.clientSecret, options)
  expect(decodeJwt((await credential.getToken(graph)).token)['tid']).toBe(contoso.id)
})

test('ClientSecretCredential says with which AADSTS code a wrong secret was refused', async () => {
  const credential = new ClientSecretCredential(contoso.id, daemon.clientId, 'wrong', options)
  await expect(credential.getToken(graph)).rejects.toMatchObject({
    cause: { name: 'ServerError', errorCode: 'invalid_client', errorNo: 7000215, status: 401 },
  })
})

test('the same application id means nothing to another tenant', async () => {
  const fabrikam = await makeOrganisation(server.deployment)
  const credential = new ClientSecretCredential(fabrikam.id, daemon.clientId, daemon.clientSecret, options)
  await expect(credential.getToken(graph)).rejects.toMatchObject({
    cause: { name: 'ServerError', errorNo: 700016 },
  })
})
