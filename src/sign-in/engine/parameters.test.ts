import { expect, test } from 'vitest'
import type { EngineDirectory } from './facts.ts'
import { rewriteParameters } from './parameters.ts'

const unasked = async (): Promise<never> => {
  throw new Error('Not asked here.')
}

const directory: EngineDirectory = {
  findClient: unasked,
  prepareForApplication: unasked,
  verifySecret: unasked,
  findAccount: unasked,
  consentsOf: unasked,
  applicationRoles: unasked,
  userRoles: unasked,
  isAssigned: unasked,
  findResource: async () => ({
    appId: 'api',
    displayName: 'API',
    servicePrincipalId: 'api',
    scopes: ['User.Read', 'Mail.Send'],
    scopesById: new Map(),
    optionalAccessTokenClaims: [],
  }),
}

const scopeOf = async (scope: string) => {
  const { parameters } = await rewriteParameters(new URLSearchParams({ scope }), directory)
  return { scope: parameters.get('scope'), resource: decodeURIComponent(parameters.get('resource') ?? '') }
}

test('permissions are found in any case and go on in the spelling of their API', async () => {
  expect(await scopeOf('openid user.read MAIL.SEND User.Read')).toMatchObject({
    scope: 'openid User.Read Mail.Send',
  })
})

test('a permission that the API does not have is refused by the name that was asked for', async () => {
  const { resource } = await scopeOf('user.read user.write')
  expect(resource).toContain('AADSTS70011')
  expect(resource).toContain('no permission user.write.')
})
