import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freePort } from '../../test/kit/port.ts'
import { commandLine } from './cli.fixture.ts'

const { run, shell, serve, directory } = commandLine()

const document = readFileSync(fileURLToPath(new URL('../../docs/operations.md', import.meta.url)), 'utf8')
const blocks = [...document.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '')
const commands = blocks.flatMap((block) => block.split('\n').filter((line) => line.includes('npx xenia')))

test('docs/operations.md: every command works as shown, from the first start to a restored deployment', async () => {
  const more = { PORT: String(await freePort()) }
  writeFileSync(join(directory, 'password-file'), 'lantern-orbit-drizzle-44\n')
  // What a block exports holds in those after it, as in one terminal.
  let exported = ''
  for (const block of blocks) {
    if (block.includes('xenia serve')) {
      const server = await serve(block.trim().split(' ').slice(2), more, exported)
      expect(server.ready).toContain('Xenia is ready')
      expect(await server.stop()).toBe(0)
      continue
    }
    const { code, stderr } = await shell(`${exported}${block}`, more)
    expect({ block, code, stderr }).toEqual({ block, code: 0, stderr: '' })
    exported += block
      .split('\n')
      .filter((line) => line.startsWith('export '))
      .map((line) => `${line}\n`)
      .join('')
  }
}, 180_000)

test('docs/operations.md shows every command that the program has', async () => {
  const { stdout } = await run(['--help'])
  const known = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? '')
  const shown = new Set(commands.map((line) => /npx xenia ([a-z]+)/.exec(line)?.[1]))
  expect(known.length).toBeGreaterThan(8)
  // The demo has a guide of its own, docs/quick-start.md.
  expect(known.filter((name) => !shown.has(name))).toEqual(['start', 'demo', 'help'])
})
