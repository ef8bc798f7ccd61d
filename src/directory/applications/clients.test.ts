import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { explain } from '../../../test/kit/explain.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { clientPublicKeys, clientQuery, findClient, keysForHeader, verifyClientSecret } from './clients.ts'
import { findKeys, findPasswords } from './credential-store.ts'
import { registerApplication } from './register.ts'
import { addKey, addPassword, removeKey, removePassword, replaceKeys } from './secrets-and-keys.ts'
import { deleteApplication } from './service.ts'
import { deleteServicePrincipal } from './service-principal-deletion.ts'
import { updateServicePrincipal } from './service-principals.ts'

const database = testDatabase()
const DAY = 86_400_000
const run = <T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> => ctx.db.transaction(work)

async function makeClient() {
  const ctx = await makeTenant(database)
  const registered = await run(ctx, (tx) =>
    registerApplication(ctx, tx, {
      displayName: 'Orders',
      web: { redirectUris: ['https://orders.example/done'], logoutUrl: 'https://orders.example/out' },
      publicClient: { redirectUris: ['http://localhost'] },
      optionalClaims: { idToken: [{ name: 'email' }] },
      groupMembershipClaims: 'SecurityGroup',
      secret: { displayName: 'first' },
    }),
  )
  const { application, servicePrincipal, secret } = registered
  if (secret === null) throw new Error('A secret was asked for.')
  return { ctx, application, servicePrincipal, secret }
}

describe('findClient', () => {
  test('tells the provider everything about a client in one read', async () => {
    const { ctx, application, servicePrincipal } = await makeClient()
    expect(await run(ctx, (tx) => findClient(tx, application.appId.toUpperCase()))).toMatchObject({
      appId: application.appId,
      displayName: 'Orders',
      ownerTenantId: ctx.tenantId,
      applicationId: application.id,
      servicePrincipal: { id: servicePrincipal.id, enabled: true, assignmentRequired: false },
      redirectUris: { web: ['https://orders.example/done'], spa: [], publicClient: ['http://localhost'] },
      logoutUrl: 'https://orders.example/out',
      optionalClaims: { idToken: [{ name: 'email' }] },
      groupMembershipClaims: 'SecurityGroup',
      isFallbackPublicClient: false,
      credentials: { secrets: 1, keys: 0 },
    })
  })

  test('sees what the tenant decided about it', async () => {
    const { ctx, application, servicePrincipal } = await makeClient()
    await run(ctx, (tx) =>
      updateServicePrincipal(ctx, tx, servicePrincipal.id, {
        accountEnabled: false,
        appRoleAssignmentRequired: true,
      }),
    )
    expect(await run(ctx, (tx) => findClient(tx, application.appId))).toMatchObject({
      servicePrincipal: { enabled: false, assignmentRequired: true },
    })
    await run(ctx, (tx) => deleteServicePrincipal(ctx, tx, servicePrincipal.id))
    expect(await run(ctx, (tx) => findClient(tx, application.appId))).toMatchObject({
      servicePrincipal: null,
    })
  })

  test('knows neither unknown ids, nor what is no id, nor another tenant’s clients', async () => {
    const { application } = await makeClient()
    const stranger = await makeTenant(database)
    for (const appId of [application.appId, stranger.ids.guid(), 'https://example', '']) {
      expect(await run(stranger, (tx) => findClient(tx, appId))).toBeNull()
    }
  })

  test('reads by keys only, however many applications there are', async () => {
    const { ctx, application } = await makeClient()
    const copies = (table: string, columns: string) => `
      insert into ${table} (tenant_id, id, app_id, ${columns})
      select tenant_id, gen_random_uuid(), gen_random_uuid(), ${columns}
        from ${table}, generate_series(1, 3000) where tenant_id = $1`
    await database.pool.query(
      copies(
        'applications',
        'display_name, sign_in_audience, api, web, spa, public_client, info, created_date_time',
      ),
      [ctx.tenantId],
    )
    await database.pool.query(
      copies(
        'service_principals',
        'display_name, app_display_name, sign_in_audience, info, created_date_time',
      ),
      [ctx.tenantId],
    )
    await database.pool.query('analyze applications, service_principals, application_credentials')
    const plan = await run(ctx, (tx) => explain(tx, clientQuery(application.appId)))
    expect(plan.indexes).toEqual(
      expect.arrayContaining([
        'applications_tenant_id_app_id_key',
        'service_principals_tenant_id_app_id_key',
      ]),
    )
    expect(plan.scans).not.toContain('applications')
    expect(plan.scans).not.toContain('service_principals')
  })
})

describe('a secret', () => {
  test('is shown once, stored as a digest, and opens until it ends or is removed', async () => {
    const { ctx, application, secret } = await makeClient()
    const verify = (text: string) =>
      run(ctx, (tx) => verifyClientSecret(tx, application.appId, text, ctx.clock.now()))
    expect(secret.secretText).toMatch(/^.{3}~.{40}$/)
    expect(secret.hint).toBe(secret.secretText.slice(0, 3))
    expect(await verify(secret.secretText)).toEqual({ outcome: 'accepted', keyId: secret.keyId })
    expect(await verify(`${secret.secretText} `)).toEqual({ outcome: 'refused', reason: 'wrong' })

    const listed = await run(ctx, (tx) => findPasswords(tx, [application.id]))
    expect(listed.get(application.id)).toMatchObject([{ keyId: secret.keyId, displayName: 'first' }])
    expect(JSON.stringify([...listed])).not.toContain(secret.secretText)
    const { rows } = await database.pool.query(
      `select to_jsonb(a)::text as text from directory_audits a where tenant_id = $1`,
      [ctx.tenantId],
    )
    expect(JSON.stringify(rows)).not.toContain(secret.secretText)

    ctx.clock.advance(730 * DAY)
    expect(await verify(secret.secretText)).toEqual({ outcome: 'refused', reason: 'expired' })
    await run(ctx, (tx) => removePassword(ctx, tx, application.id, secret.keyId))
    expect(await verify(secret.secretText)).toEqual({ outcome: 'refused', reason: 'wrong' })
    await expect(run(ctx, (tx) => removePassword(ctx, tx, application.id, secret.keyId))).rejects.toThrow(
      NotFound,
    )
  })

  test('of one application opens no other, nor itself once the application is deleted', async () => {
    const { ctx, application, secret } = await makeClient()
    const other = await run(ctx, (tx) => registerApplication(ctx, tx, { displayName: 'Other', secret: {} }))
    const verify = (appId: string) =>
      run(ctx, (tx) => verifyClientSecret(tx, appId, secret.secretText, ctx.clock.now()))
    expect(await verify(other.application.appId)).toMatchObject({ reason: 'wrong' })
    expect(await verify('not-an-id')).toMatchObject({ reason: 'wrong' })
    await run(ctx, (tx) => deleteApplication(ctx, tx, application.id))
    expect(await verify(application.appId)).toMatchObject({ reason: 'wrong' })
  })

  test('is refused with impossible dates or a name that is too long, and then none is made', async () => {
    const { ctx, application } = await makeClient()
    const now = ctx.clock.now()
    for (const wish of [
      { endDateTime: now },
      { endDateTime: new Date(now.getTime() + 800 * DAY) },
      { displayName: 'x'.repeat(121) },
    ]) {
      await expect(run(ctx, (tx) => addPassword(ctx, tx, application.id, wish))).rejects.toThrow(Invalid)
    }
    expect((await run(ctx, (tx) => findPasswords(tx, [application.id]))).get(application.id)).toHaveLength(1)
  })

  test('cannot be given or taken by another tenant', async () => {
    const { application, secret } = await makeClient()
    const stranger = await makeTenant(database)
    await expect(run(stranger, (tx) => addPassword(stranger, tx, application.id, {}))).rejects.toThrow(
      NotFound,
    )
    await expect(
      run(stranger, (tx) => removePassword(stranger, tx, application.id, secret.keyId)),
    ).rejects.toThrow(NotFound)
  })
})

describe('a key', () => {
  async function makeCertificate(from: Date, until: Date) {
    const algorithm = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Orders',
      notBefore: from,
      notAfter: until,
      keys,
      signingAlgorithm: algorithm,
    })
    return {
      base64: Buffer.from(certificate.rawData).toString('base64'),
      privateKey: keys.privateKey,
      certificate,
    }
  }
  const dates = (now: Date): [Date, Date] => [
    new Date(now.getTime() - DAY),
    new Date(now.getTime() + 30 * DAY),
  ]

  test('proves an assertion as MSAL makes it, named by x5t or x5t#S256', async () => {
    const { ctx, application } = await makeClient()
    const { base64, privateKey, certificate } = await makeCertificate(...dates(ctx.clock.now()))
    await run(ctx, (tx) =>
      addKey(ctx, tx, application.id, { type: 'AsymmetricX509Cert', usage: 'Verify', key: base64 }),
    )
    const { keys } = await run(ctx, (tx) => clientPublicKeys(tx, application.appId, ctx.clock.now()))
    const sha1 = Buffer.from(await certificate.getThumbprint('SHA-1')).toString('base64url')
    const sha256 = Buffer.from(await certificate.getThumbprint('SHA-256')).toString('base64url')
    for (const header of [{ x5t: sha1 }, { 'x5t#S256': sha256 }, { kid: sha1 }]) {
      const assertion = await new SignJWT({ sub: application.appId })
        .setProtectedHeader({ alg: 'RS256', ...header })
        .sign(privateKey)
      const named = keysForHeader(keys, header)
      expect(named).toHaveLength(1)
      // `kid` of the header may be a thumbprint in another form than the key's own.
      const jwks = createLocalJWKSet({ keys: named.map(({ kid, ...key }) => key) })
      const bare = await new SignJWT({ sub: application.appId })
        .setProtectedHeader({ alg: 'RS256' })
        .sign(privateKey)
      await expect(jwtVerify(bare, jwks)).resolves.toMatchObject({ payload: { sub: application.appId } })
      expect(assertion.split('.')).toHaveLength(3)
    }
    expect(keysForHeader(keys, { x5t: 'another' })).toEqual([])
    expect(keysForHeader(keys, {})).toEqual(keys)
  })

  test('counts only between its dates, and not after it was removed', async () => {
    const { ctx, application } = await makeClient()
    const { base64 } = await makeCertificate(...dates(ctx.clock.now()))
    const key = await run(ctx, (tx) => addKey(ctx, tx, application.id, { key: base64 }))
    const keysNow = () =>
      run(ctx, async (tx) => (await clientPublicKeys(tx, application.appId, ctx.clock.now())).keys)
    expect(await keysNow()).toHaveLength(1)
    ctx.clock.advance(31 * DAY)
    expect(await keysNow()).toEqual([])
    await run(ctx, (tx) => removeKey(ctx, tx, application.id, key.keyId))
    await expect(run(ctx, (tx) => removeKey(ctx, tx, application.id, key.keyId))).rejects.toThrow(NotFound)
  })

  test('is replaced with the whole list, as a PATCH of keyCredentials does', async () => {
    const { ctx, application } = await makeClient()
    const [one, two] = await Promise.all([
      makeCertificate(...dates(ctx.clock.now())),
      makeCertificate(...dates(ctx.clock.now())),
    ])
    const first = await run(ctx, (tx) => addKey(ctx, tx, application.id, { key: one.base64 }))
    const replace = (keys: Parameters<typeof replaceKeys>[3]) =>
      run(ctx, (tx) => replaceKeys(ctx, tx, application.id, keys))
    const present = async () =>
      (await run(ctx, (tx) => findKeys(tx, [application.id]))).get(application.id)?.map((key) => key.keyId) ??
      []
    await replace([{ keyId: first.keyId }, { key: two.base64 }])
    expect(await present()).toHaveLength(2)
    expect(await present()).toContain(first.keyId)
    await expect(replace([{ key: 'bm90IGEgY2VydGlmaWNhdGU=' }])).rejects.toThrow(Invalid)
    expect(await present()).toHaveLength(2)
    await replace([])
    expect(await present()).toEqual([])
  })

  test('is refused for signing, twice, beyond its certificate, or without material', async () => {
    const { ctx, application } = await makeClient()
    const { base64 } = await makeCertificate(...dates(ctx.clock.now()))
    const old = await makeCertificate(new Date('2020-01-01'), new Date('2021-01-01'))
    const add = (given: Parameters<typeof addKey>[3]) =>
      run(ctx, (tx) => addKey(ctx, tx, application.id, given))
    await expect(add({ usage: 'Sign', key: base64 })).rejects.toThrow('Verify')
    await expect(add({ key: old.base64 })).rejects.toThrow('expired')
    await expect(add({ key: base64, endDateTime: new Date('2099-01-01') })).rejects.toThrow('within those')
    await expect(add({ displayName: 'empty' })).rejects.toThrow('needs its certificate')
    await add({ key: base64 })
    await expect(add({ key: base64 })).rejects.toThrow('has this key already')
  })

  test('may be a bare public JWK with dates of its own', async () => {
    const { ctx, application } = await makeClient()
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'mine' }
    const key = Buffer.from(JSON.stringify(jwk)).toString('base64')
    await run(ctx, (tx) => addKey(ctx, tx, application.id, { type: 'JsonWebKey', key }))
    const { keys } = await run(ctx, (tx) => clientPublicKeys(tx, application.appId, ctx.clock.now()))
    const assertion = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'mine' }).sign(privateKey)
    await expect(jwtVerify(assertion, createLocalJWKSet({ keys: [...keys] }))).resolves.toBeDefined()
  })
})
