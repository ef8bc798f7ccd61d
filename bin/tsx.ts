import { readFileSync } from 'node:fs'
import type { LoadHookSync } from 'node:module'
import { fileURLToPath } from 'node:url'
import { transform } from 'sucrase'

/** A module load hook that compiles `.tsx` to plain modules. Line numbers stay, so stack traces are true. */
export const compileTsx: LoadHookSync = (url, context, nextLoad) => {
  if (!url.startsWith('file:') || !url.endsWith('.tsx')) return nextLoad(url, context)
  const { code } = transform(readFileSync(fileURLToPath(url), 'utf8'), {
    transforms: ['typescript', 'jsx'],
    jsxRuntime: 'automatic',
    jsxImportSource: 'preact',
    production: true,
    disableESTransforms: true,
    preserveDynamicImport: true,
    keepUnusedImports: true,
  })
  return { format: 'module', source: code, shortCircuit: true }
}
