import { describe, expect, test } from 'vitest'
import { contextOf, newTenant, testDeployment } from '../../test/kit/deployment.ts'
import {
  addDomain,
  addSigningKey,
  createTenant,
  findTenantByDomain,
  initialiseTenant,
  loadSigningKeys,
  removeDomain,
  resolveTenant,
  verifyDomain,
} from './index.ts'

const deployment = testDeployment()
const label = () => `d${deployment.ids.guid().slice(0, 8)}`

describe('a tenant', () => {
  test('is found by its GUID in any case and by a verified domain, and by nothing else', async () => {
    const tenant = await newTenant(deployment)
    for (const segment of [
      tenant.id,
      tenant.id.toUpperCase(),
      tenant.initialDomain,
      tenant.initialDomain.toUpperCase(),
    ]) {
      expect(await resolveTenant(deployment, segment), segment).toEqual(tenant)
    }
    for (const segment of [
      'common',
      'organizations',
      '',
      `${tenant.initialDomain}.`,
      `x.${tenant.initialDomain}`,
      '%00',
    ]) {
      expect(await resolveTenant(deployment, segment), segment).toBeNull()
    }
  })

  test('is not created on a domain of another tenant, and leaves nothing behind', async () => {
    const first = await newTenant(deployment)
    const initialDomain = `${label()}.xenia.test`
    const second = createTenant(
      deployment,
      { displayName: 'Second', tenantType: 'AAD', initialDomain, trustedDomains: [first.initialDomain] },
      [],
    )
    await expect(second).rejects.toThrow('belongs to another tenant')
    expect(await resolveTenant(deployment, initialDomain)).toBeNull()
  })

  test('keeps its one signing key when its creation is repeated', async () => {
    const tenant = await newTenant(deployment)
    await Promise.all([
      initialiseTenant(deployment, tenant.id, []),
      initialiseTenant(deployment, tenant.id, []),
    ])
    const keys = await loadSigningKeys(contextOf(deployment, tenant), deployment.keyring)
    expect(keys.published).toEqual([keys.current])
  })
})

describe('a domain', () => {
  test('counts only after its TXT record was seen', async () => {
    const tenant = await newTenant(deployment)
    const ctx = contextOf(deployment, tenant)
    const name = `${label()}.example`
    const domain = await addDomain(ctx, deployment, name.toUpperCase())
    expect(domain).toMatchObject({ name, verification: { state: 'pending' } })
    expect(await resolveTenant(deployment, name)).toBeNull()

    await expect(verifyDomain(ctx, deployment, async () => [['other']], name)).rejects.toThrow(
      'was not found',
    )
    await expect(
      verifyDomain(ctx, deployment, async () => Promise.reject(new Error('SERVFAIL')), name),
    ).rejects.toThrow('was not found')

    const halves = [domain.verificationText.slice(0, 20), domain.verificationText.slice(20)]
    await verifyDomain(ctx, deployment, async () => [['spf1'], halves], name)
    expect(await resolveTenant(deployment, name)).toEqual(tenant)
  })

  test('claimed by two tenants goes to exactly one, even when both prove it at once', async () => {
    const name = `${label()}.example`
    const tenants = await Promise.all([newTenant(deployment), newTenant(deployment)])
    const tries = await Promise.allSettled(
      tenants.map(async (tenant) => {
        const ctx = contextOf(deployment, tenant)
        const { verificationText } = await addDomain(ctx, deployment, name)
        return verifyDomain(ctx, deployment, async () => [[verificationText]], name)
      }),
    )
    expect(tries.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    const owner = await deployment.database.platform.transaction((tx) => findTenantByDomain(tx, name))
    expect(tenants.filter((tenant) => tenant.id === owner?.id)).toHaveLength(1)
  })

  test.each([
    '',
    'localhost',
    'a b.example',
    '-a.example',
    '127.0.0.1',
    'a..example',
    'contoso.com/x',
    'contoso.com:80',
    '%41.example',
    'x@contoso.com',
    `${'a'.repeat(64)}.example`,
  ])('of the name "%s" is refused', async (name) => {
    const ctx = contextOf(deployment, await newTenant(deployment))
    await expect(addDomain(ctx, deployment, name)).rejects.toThrow('is not a domain name')
  })

  test('that is the initial one cannot be removed', async () => {
    const tenant = await newTenant(deployment)
    await expect(
      removeDomain(contextOf(deployment, tenant), deployment, tenant.initialDomain),
    ).rejects.toThrow('initial')
  })

  test('of another tenant cannot be removed or verified from here', async () => {
    const [mine, theirs] = await Promise.all([newTenant(deployment), newTenant(deployment)])
    const ctx = contextOf(deployment, mine)
    await expect(removeDomain(ctx, deployment, theirs.initialDomain)).rejects.toThrow('does not exist')
    await expect(verifyDomain(ctx, deployment, async () => [], theirs.initialDomain)).rejects.toThrow(
      'does not exist',
    )
  })
})

describe('signing keys', () => {
  test('rotate with an overlap: the new key is published a day before it signs, the old one a week after', async () => {
    const own = { ...deployment }
    const tenant = await newTenant(own)
    const ctx = contextOf(own, tenant)
    const before = await loadSigningKeys(ctx, own.keyring)
    await addSigningKey(ctx, own.keyring, 'rotate')

    const during = await loadSigningKeys(ctx, own.keyring)
    expect(during.current.keyId).toBe(before.current.keyId)
    expect(during.published).toHaveLength(2)

    deployment.clock.advance(24 * 3600 * 1000)
    const after = await loadSigningKeys(ctx, own.keyring)
    expect(after.current.keyId).not.toBe(before.current.keyId)
    expect(after.published).toHaveLength(2)

    deployment.clock.advance(7 * 24 * 3600 * 1000)
    expect((await loadSigningKeys(ctx, own.keyring)).published).toEqual([after.current])
  })

  test('that leaked are gone at once', async () => {
    const tenant = await newTenant(deployment)
    const ctx = contextOf(deployment, tenant)
    const { current: leaked } = await loadSigningKeys(ctx, deployment.keyring)
    await addSigningKey(ctx, deployment.keyring, 'rotate now')
    const keys = await loadSigningKeys(ctx, deployment.keyring)
    expect(keys.published.map((key) => key.keyId)).not.toContain(leaked.keyId)
  })

  test('of one tenant do not open as another’s', async () => {
    const [mine, theirs] = await Promise.all([newTenant(deployment), newTenant(deployment)])
    const sealed = deployment.keyring.seal('signing-key', mine.id, 'secret')
    expect(() => deployment.keyring.open('signing-key', theirs.id, sealed)).toThrow()
  })
})
