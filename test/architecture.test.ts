import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The rules of the tree (docs/../ARCHITECTURE.md, "Imports point one way"), read from the import statements
 * themselves.
 */
const source = resolve(import.meta.dirname, '../src')

/** A module may import only from those before it. */
const order = [
  'platform',
  'graph',
  'audit',
  'tenants',
  'directory',
  'federation',
  'cross-tenant-access',
  'conditional-access',
  'invitations',
  'sign-in',
  'demo',
]

interface Import {
  readonly from: string
  readonly to: string
  readonly line: string
}

const files = walk(source)
const production = files.filter((file) => !/\.(test|fixture)\.tsx?$/.test(file))
const imports = production.flatMap(importsOf)

test('the tree is there and its imports are read', () => {
  expect(production.length).toBeGreaterThan(50)
  expect(imports.length).toBeGreaterThan(100)
})

test('modules import only from modules that stand before them', () => {
  const backwards = imports.filter(({ from, to }) => {
    const [importer, imported] = [rankOf(from), rankOf(to)]
    return importer !== null && imported !== null && imported > importer
  })
  expect(backwards).toEqual([])
})

test('modules use each other only through their doors (index.ts); platform has a door per part', () => {
  const sideDoors = imports.filter(({ from, to }) => {
    const [importer, imported] = [moduleOf(from), moduleOf(to)]
    if (imported === importer || imported === 'platform' || rankOf(to) === null) return false
    return to !== `${imported}/index.ts`
  })
  expect(sideDoors).toEqual([])
})

test('pure rules import only types and rules', () => {
  const impure = imports.filter(
    ({ from, to, line }) =>
      /(^|[/-])rules\.ts$/.test(from) &&
      /(store|service|routes|pages|jobs)\.tsx?$/.test(to) &&
      !/^import type /.test(line),
  )
  expect(impure).toEqual([])
})

test('stores know no services and no routes', () => {
  const upwards = imports.filter(
    ({ from, to }) => /store\.ts$/.test(from) && /(service|routes|pages)\.tsx?$/.test(to),
  )
  expect(upwards).toEqual([])
})

test('nothing imports in a circle', () => {
  const byFile = Map.groupBy(
    imports.filter(({ line }) => !/^(import|export) type /.test(line)),
    ({ from }) => from,
  )
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start !== -1) {
      circles.push([...path.slice(start), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const { to } of byFile.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of byFile.keys()) visit(file, [])
  expect(circles).toEqual([])
})

test('the present moment and random ids come only through the clock and Ids', () => {
  const sources = /\bDate\.now\(\)|\bnew Date\(\)|\brandomUUID\(/
  // The embedded database deals with processes and files of the machine, whose time nobody moves.
  const allowed = /^platform\/(clock\.ts|ids\.ts|database\/embedded)/
  const offenders = production.map(pathOf).filter((file) => !allowed.test(file) && sources.test(codeOf(file)))
  expect(offenders).toEqual([])
})

test('no drawer is called utils, helpers, common or misc', () => {
  const drawers = files.map(pathOf).filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/.test(file))
  expect(drawers).toEqual([])
})

test('every module has a README', () => {
  const modules = readdirSync(source, { withFileTypes: true }).filter(
    (entry) =>
      entry.isDirectory() && rankOf(`${entry.name}/`) !== null && walk(join(source, entry.name)).length > 0,
  )
  const without = modules.filter(({ name }) => !readdirSync(join(source, name)).includes('README.md'))
  // The platform is parts, each with its own.
  expect(without.map(({ name }) => name).filter((name) => name !== 'platform')).toEqual([])
})

function walk(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name)
    if (statSync(path).isDirectory()) return walk(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })
}

function pathOf(file: string): string {
  return relative(source, file).split(sep).join('/')
}

/** The file without its comments, which may speak of anything. */
function codeOf(path: string): string {
  return readFileSync(join(source, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']+)'/gm)].map(
    ([statement, target = '']) => ({
      from: pathOf(file),
      to: pathOf(resolve(dirname(file), target)),
      line: statement.replaceAll(/\s+/g, ' '),
    }),
  )
}

function moduleOf(path: string): string {
  return path.split('/')[0] ?? ''
}

function rankOf(path: string): number | null {
  const rank = order.indexOf(moduleOf(path))
  return rank === -1 ? null : rank
}
