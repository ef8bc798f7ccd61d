import { beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../test/kit/port.ts'
import { commandLine } from './cli.fixture.ts'
import { type ServerDatabase, serverDatabase } from './server-database.fixture.ts'

const { run, json, serve } = commandLine()
let database: ServerDatabase

vi.setConfig({ testTimeout: 60_000 })
beforeAll(async () => {
  database = await serverDatabase()
})

const Demo = z.object({
  baseUrl: z.url(),
  tenants: z.array(
    z.object({
      id: z.guid(),
      domains: z.array(z.string()).min(1),
      issuer: z.url(),
      users: z.array(z.object({ userPrincipalName: z.string(), password: z.string().min(8) })).min(1),
      applications: z.array(
        z.object({ appId: z.guid(), secret: z.string(), redirectUris: z.array(z.url()).min(1) }),
      ),
    }),
  ),
})

describe('the demo', () => {
  test('has all that a script needs, and stays the same when asked for again', async () => {
    const settings = { DATABASE_URL: database.url, PORT: '18080' }
    const first = await json(['demo'], settings)
    const { baseUrl, tenants } = Demo.parse(first)
    expect(baseUrl).toBe('http://localhost:18080')
    expect(tenants).toHaveLength(3)
    expect(await json(['demo'], settings)).toEqual(first)
    const { stdout } = await run(['demo'], settings)
    for (const { users } of tenants) for (const { password } of users) expect(stdout).toContain(password)
  })

  test('is made by start, which serves it', async () => {
    const settings = { DATABASE_URL: (await serverDatabase()).url, PORT: String(await freePort()) }
    const server = await serve(['start', '--json'], settings)
    const { baseUrl, demo } = z
      .object({ baseUrl: z.url(), demo: z.boolean() })
      .parse(JSON.parse(server.ready))
    expect(demo).toBe(true)
    const { tenants } = Demo.parse(await json(['demo'], settings))
    for (const { issuer } of tenants) {
      const discovery = await fetch(`${issuer}/.well-known/openid-configuration`)
      expect(await discovery.json()).toMatchObject({ issuer })
    }
    expect((await fetch(baseUrl)).status).toBe(200)
    expect(await server.stop()).toBe(0)
  })

  test('is not made beside somebody’s own tenants, nor in production', async () => {
    const own = { DATABASE_URL: (await serverDatabase()).url }
    await json(['tenant', 'create', 'contoso.login.example', '--name', 'Contoso'], own)
    expect(await run(['demo'], own)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('tenants of its own'),
    })

    const production = {
      DATABASE_URL: (await serverDatabase()).url,
      XENIA_MODE: 'production',
      XENIA_BASE_URL: 'https://login.contoso.example',
      XENIA_SMTP_URL: 'smtp://127.0.0.1:1',
      XENIA_MASTER_KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7 + 1)).toString(
        'base64',
      ),
    }
    expect(await run(['demo'], production)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no demo'),
    })
    expect(await json(['tenant', 'list'], production)).toEqual({ tenants: [] })
  })
})
