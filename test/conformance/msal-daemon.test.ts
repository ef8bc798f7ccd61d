import { ConfidentialClientApplication, type NodeAuthOptions } from '@azure/msal-node'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { addKey, addPassword } from '../../src/directory/index.ts'
import { testServer } from '../kit/server.ts'
import { trustAuthority } from '../kit/trust.ts'
import { makeCertificate } from './certificate.fixture.ts'
import { grantToItself, makeDaemon, makeOrganisation, register } from './organisation.fixture.ts'

const server = await testServer({ XENIA_TLS: 'self-signed' })
trustAuthority(server.caFile)
const contoso = await makeOrganisation(server.deployment)
const graph = ['https://graph.microsoft.com/.default']

const clientFor = (tenant: string, auth: NodeAuthOptions) =>
  new ConfidentialClientApplication({
    auth: {
      authority: `${server.baseUrl}/${tenant}`,
      knownAuthorities: [new URL(server.baseUrl).host],
      ...auth,
    },
  })

describe('client credentials by secret', async () => {
  const { clientId, clientSecret, registered } = await makeDaemon(contoso, [
    'User.Read.All',
    'Group.Read.All',
  ])

  test('MSAL gets a token with the roles, and then takes it from its cache', async () => {
    const client = clientFor(contoso.id, { clientId, clientSecret })
    const first = await client.acquireTokenByClientCredential({ scopes: graph })
    expect(decodeProtectedHeader(first?.accessToken ?? '')).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    expect(decodeJwt(first?.accessToken ?? '')).toMatchObject({
      iss: `${server.baseUrl}/${contoso.id}/v2.0`,
      azp: clientId,
      azpacr: '1',
      idtyp: 'app',
      roles: expect.arrayContaining(['User.Read.All', 'Group.Read.All']),
    })
    expect(first).toMatchObject({ fromCache: false, tokenType: 'Bearer' })
    expect(await client.acquireTokenByClientCredential({ scopes: graph })).toMatchObject({ fromCache: true })
  })

  test('an older secret works beside a new one, so that it can be changed without a pause', async () => {
    const { secretText } = await contoso.ctx.db.transaction((tx) =>
      addPassword(contoso.ctx, tx, registered.application.id, {}),
    )
    for (const secret of [clientSecret, secretText]) {
      const client = clientFor(contoso.domain, { clientId, clientSecret: secret })
      expect(await client.acquireTokenByClientCredential({ scopes: graph })).toMatchObject({
        fromCache: false,
      })
    }
  })

  test('a wrong secret is a ServerError with the AADSTS code and the correlation id that MSAL sent', async () => {
    const client = clientFor(contoso.id, { clientId, clientSecret: 'wrong' })
    const correlationId = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
    await expect(
      client.acquireTokenByClientCredential({ scopes: graph, correlationId }),
    ).rejects.toMatchObject({
      errorCode: 'invalid_client',
      errorNo: 7000215,
      errorMessage: expect.stringContaining(correlationId),
    })
  })
})

describe('client credentials by certificate', async () => {
  const registered = await register(contoso, { displayName: 'Daemon with a certificate' })
  await grantToItself(contoso, registered, ['User.Read.All'])
  const certificate = await makeCertificate(contoso.ctx.clock.now())
  await contoso.ctx.db.transaction((tx) =>
    addKey(contoso.ctx, tx, registered.application.id, {
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
      key: certificate.base64,
    }),
  )
  const clientId = registered.application.appId
  const { thumbprintSha256, privateKey, pem } = certificate

  test.each([
    ['its thumbprint', {}],
    ['the certificate itself in x5c', { x5c: pem }],
  ])('MSAL proves itself, naming the key by %s', async (_name, more) => {
    const client = clientFor(contoso.id, {
      clientId,
      clientCertificate: { thumbprintSha256, privateKey, ...more },
    })
    const answer = await client.acquireTokenByClientCredential({ scopes: graph })
    expect(decodeJwt(answer?.accessToken ?? '')).toMatchObject({ azpacr: '2', roles: ['User.Read.All'] })
  })

  test('a certificate that the application does not have is refused', async () => {
    const other = await makeCertificate(contoso.ctx.clock.now())
    const client = clientFor(contoso.id, {
      clientId,
      clientCertificate: { thumbprintSha256: other.thumbprintSha256, privateKey: other.privateKey },
    })
    await expect(client.acquireTokenByClientCredential({ scopes: graph })).rejects.toMatchObject({
      errorCode: 'invalid_client',
      errorNo: 700027,
    })
  })

  test('a certificate of the application in another tenant is refused', async () => {
    const fabrikam = await makeOrganisation(server.deployment)
    const client = clientFor(fabrikam.id, { clientId, clientCertificate: { thumbprintSha256, privateKey } })
    await expect(client.acquireTokenByClientCredential({ scopes: graph })).rejects.toMatchObject({
      errorNo: 700016,
    })
  })
})
