import { readFileSync } from 'node:fs'
import { z } from 'zod'

export type Environment = Readonly<Record<string, string | undefined>>

/** Notes one thing that is wrong; `null` so that it can stand where a value would. */
export type Report = (setting: string, problem: string, remedy: string) => null

/**
 * The values of these settings: the environment's, else the configuration file's. An empty text is no value, since
 * container tools pass on what nobody set as empty.
 */
export function gather<Name extends string>(
  names: readonly Name[],
  environment: Environment,
  report: Report,
): Partial<Record<Name, string>> {
  const known: readonly string[] = names
  for (const name of Object.keys(environment)) {
    // A misspelt XENIA_… would otherwise be silently nothing. Test runs have switches of their own.
    if (name.startsWith('XENIA_') && !name.startsWith('XENIA_TEST_') && !known.includes(name)) {
      report(name, 'There is no such setting.', 'Check its spelling against docs/configuration.md.')
    }
  }
  const path = environment['XENIA_CONFIG']
  const fromFile = path === undefined || path === '' ? {} : readFile(path, report)
  for (const name of Object.keys(fromFile)) {
    if (name === 'XENIA_CONFIG') {
      report(name, 'A configuration file cannot name another one.', 'Remove it from the file.')
    } else if (!known.includes(name)) {
      report(
        name,
        'The configuration file has a setting of this name; there is none.',
        'Check its spelling against docs/configuration.md.',
      )
    }
  }
  const values: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = [environment[name], fromFile[name]].find((text) => text !== undefined && text !== '')
    if (value !== undefined) values[name] = value
  }
  return values
}

/** A port may be written as a number; anything that is no plain value is a mistake. */
const fileShape = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))

function readFile(path: string, report: Report): Readonly<Record<string, string>> {
  const remedy = 'Give a JSON object of setting names and values.'
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    // The parser's message would quote the text, which may be a secret.
    const why = cause instanceof SyntaxError ? 'it is not JSON' : codeOf(cause)
    report('XENIA_CONFIG', `${path} cannot be used: ${why}.`, remedy)
    return {}
  }
  const parsed = fileShape.safeParse(content)
  if (parsed.success) return parsed.data
  const names = parsed.error.issues.map((issue) => issue.path.join('.')).filter((name) => name !== '')
  const which =
    names.length === 0 ? 'it is not an object' : `not a text, number or boolean: ${names.join(', ')}`
  report('XENIA_CONFIG', `${path} cannot be used: ${which}.`, remedy)
  return {}
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
