#!/usr/bin/env node
// Node strips types from .ts but does not compile JSX; this hook compiles the server's .tsx pages when they
// are imported (decision 0003). Everything else starts in src/main.ts.
import { registerHooks } from 'node:module'
import { compileTsx } from './tsx.ts'

registerHooks({ load: compileTsx })

const { main } = await import('../src/main.ts')
await main(process.argv)
