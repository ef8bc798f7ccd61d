import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../test/kit/port.ts'
import { connectEmbeddedPostgres } from '../platform/database/embedded/connect.ts'
import { commandLine, type Settings } from './cli.fixture.ts'

const Tenants = z.object({ tenants: z.array(z.object({ id: z.guid(), initialDomain: z.string() })) })

/**
 * A server for one test file, with the tenant Contoso. Every command works beside it, on the embedded database that
 * it owns.
 */
export function besideServer() {
  // Some tests run the program half a dozen times, on machines that do other things as well.
  vi.setConfig({ testTimeout: 120_000 })
  const { run, json, serve, directory } = commandLine()
  // Filled when the server is there; every command gets them.
  const settings: Record<string, string> = {}
  const contoso = { id: '' }
  let server: Awaited<ReturnType<typeof serve>>

  beforeAll(async () => {
    settings['PORT'] = String(await freePort())
    server = await serve(['serve'], settings)
    expect(server.ready).toBe(`Xenia is ready: http://localhost:${settings['PORT']} (Ctrl-C ends it)\n`)
    const create = ['tenant', 'create', 'contoso.login.example', '--domain', 'Contoso.example']
    contoso.id = z.object({ id: z.guid() }).parse(await json([...create, '--name', 'Contoso'], settings)).id
  })
  afterAll(async () => {
    // As when npm and the terminal both send it.
    process.kill(server.pid, 'SIGINT')
    expect(await server.stop('SIGINT')).toBe(0)
  })

  return {
    directory,
    contoso,
    baseUrl: () => `http://localhost:${settings['PORT']}`,
    run: (words: readonly string[], input = '', more: Settings = {}) =>
      run(words, { ...settings, ...more }, input),
    json: (words: readonly string[], more: Settings = {}) => json(words, { ...settings, ...more }),

    async listTenants(more: Settings = {}) {
      return Tenants.parse(await json(['tenant', 'list'], { ...settings, ...more })).tenants
    },

    /** The one line that a refused command says. */
    async refusal(words: readonly string[], input = ''): Promise<string> {
      const { code, stdout, stderr } = await run(words, settings, input)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^xenia: .*\n$/)
      return stderr
    },

    /** Beside the program's own ways. */
    async query<T extends object>(text: string): Promise<T[]> {
      const client = new Client(await connectEmbeddedPostgres(join(directory, 'data', 'postgresql')))
      await client.connect()
      try {
        return (await client.query<T>(text)).rows
      } finally {
        await client.end()
      }
    },
  }
}
