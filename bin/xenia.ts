#!/usr/bin/env node
// Node strips types from .ts but does not compile JSX; this hook compiles the server's .tsx pages when they
// are imported (decision 0003). Everything else starts in src/main.ts.
import { enableCompileCache, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileTsx } from './tsx.ts'

registerHooks({ load: compileTsx })
// A third of a second at every start. Beside the code it belongs to, never in a folder that others can write.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)))

const { main } = await import('../src/main.ts')
await main(process.argv)
