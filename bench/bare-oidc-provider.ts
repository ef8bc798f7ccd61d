/**
 * The yardstick: oidc-provider as its documentation shows it, with its in-memory adapter, issuing the same kind of
 * token (JWT, RS256, client credentials by secret). Prints its port and serves until it is killed.
 */
import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const provider = new Provider('http://127.0.0.1', {
  clients: [
    {
      client_id: 'bench',
      client_secret: 'bench-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => 'urn:bench',
      getResourceServerInfo: async () => ({
        scope: '',
        audience: 'urn:bench',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3600,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  ttl: { ClientCredentials: 3600 },
})

const server = provider.listen(0, '127.0.0.1', () => {
  // A listening TCP server has this kind of address.
  console.log((server.address() as AddressInfo).port)
})
