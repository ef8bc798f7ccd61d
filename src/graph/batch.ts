import type { GraphResponse } from './message.ts'
import { badRequest } from './refusals.ts'

const MAX_ITEMS = 20
// Each item may hold a connection; one batch must not take the whole pool.
const PARALLEL = 4

export interface BatchItem {
  readonly id: string
  readonly method: string
  /** Below the version root, beginning with a slash. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** Ids as the items spell them. */
  readonly dependsOn: readonly string[]
}

export interface BatchResponse {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Checks a batch as a whole (GRA-40, 42). Throws `Invalid`: then nothing of it runs. */
export function readBatch(body: unknown): readonly BatchItem[] {
  const requests = isObject(body) ? body['requests'] : undefined
  if (!Array.isArray(requests))
    throw badRequest("Invalid batch payload format: an array 'requests' is expected.")
  if (requests.length > MAX_ITEMS) {
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${MAX_ITEMS}.`)
  }
  const items = requests.map(readItem)
  const byId = new Map<string, BatchItem>()
  for (const item of items) {
    const key = item.id.toLowerCase()
    if (byId.has(key)) throw badRequest(`Duplicate request id '${item.id}' found in the batch.`)
    byId.set(key, item)
  }
  refuseBadOrder(items, byId)
  return items
}

function readItem(entry: unknown): BatchItem {
  if (!isObject(entry)) throw badRequest('Every batch request must be an object.')
  const { id, method, url, body } = entry
  if (typeof id !== 'string' || id === '' || id.length > 128)
    throw badRequest('Every batch request needs an id.')
  if (typeof method !== 'string' || !/^[A-Za-z]{3,7}$/.test(method)) {
    throw badRequest(`Batch request '${id}' needs a method.`)
  }
  if (typeof url !== 'string' || url === '' || url.length > 8192) {
    throw badRequest(`Batch request '${id}' needs a url relative to the version.`)
  }
  // An absolute URL would suggest that another host could be asked.
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(url))
    throw badRequest(`The url of batch request '${id}' must be relative.`)
  const headers = readHeaders(entry['headers'], id)
  if (body !== undefined && body !== null && headers['content-type'] === undefined) {
    throw badRequest(`Batch request '${id}' has a body and must have a Content-Type header.`)
  }
  return {
    id,
    method: method.toUpperCase(),
    url: url.startsWith('/') ? url : `/${url}`,
    headers,
    body: body ?? undefined,
    dependsOn: readDependencies(entry['dependsOn'], id),
  }
}

function readHeaders(headers: unknown, id: string): Record<string, string> {
  if (headers === undefined || headers === null) return {}
  if (!isObject(headers)) throw badRequest(`The headers of batch request '${id}' must be an object.`)
  const read: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    // The whole batch has one caller; an item cannot bring another.
    if (lower !== 'authorization' && (typeof value === 'string' || typeof value === 'number'))
      read[lower] = String(value)
  }
  return read
}

function readDependencies(dependsOn: unknown, id: string): readonly string[] {
  if (dependsOn === undefined || dependsOn === null) return []
  if (!Array.isArray(dependsOn) || !dependsOn.every((one): one is string => typeof one === 'string')) {
    throw badRequest(`'dependsOn' of batch request '${id}' must be an array of ids.`)
  }
  return dependsOn
}

// Removes items whose dependencies are met until nothing is left, or only a circle is.
function refuseBadOrder(items: readonly BatchItem[], byId: ReadonlyMap<string, BatchItem>): void {
  for (const item of items) {
    const unknown = item.dependsOn.find((id) => !byId.has(id.toLowerCase()))
    if (unknown !== undefined)
      throw badRequest(`Batch request '${item.id}' depends on '${unknown}', which is not in it.`)
  }
  const done = new Set<string>()
  let waiting = items
  while (waiting.length > 0) {
    const ready = waiting.filter((item) => item.dependsOn.every((id) => done.has(id.toLowerCase())))
    const [first] = waiting
    if (ready.length === 0 && first !== undefined) {
      throw badRequest(`The dependencies of batch request '${first.id}' form a circle.`)
    }
    for (const item of ready) done.add(item.id.toLowerCase())
    waiting = waiting.filter((item) => !done.has(item.id.toLowerCase()))
  }
}

/**
 * Runs the items, a few at a time, each after those that it depends on; an item whose dependency failed is not run and
 * gets 424 (GRA-42). There is no transaction around them.
 */
export async function runBatch(
  items: readonly BatchItem[],
  run: (item: BatchItem) => Promise<GraphResponse>,
): Promise<readonly BatchResponse[]> {
  const finished = new Map<string, BatchResponse>()
  const waiting = new Set(items)
  const running = new Set<Promise<void>>()
  while (waiting.size > 0 || running.size > 0) {
    for (const item of waiting) {
      const dependencies = item.dependsOn.map((id) => finished.get(id.toLowerCase()))
      if (dependencies.some((response) => response !== undefined && response.status >= 400)) {
        waiting.delete(item)
        finished.set(item.id.toLowerCase(), failedDependency(item))
      } else if (running.size < PARALLEL && dependencies.every((response) => response !== undefined)) {
        waiting.delete(item)
        const task: Promise<void> = run(item).then((response) => {
          finished.set(item.id.toLowerCase(), asItem(item, response))
          running.delete(task)
        })
        running.add(task)
      }
    }
    if (running.size > 0) await Promise.race(running)
  }
  return items.flatMap((item) => finished.get(item.id.toLowerCase()) ?? [])
}

function asItem(item: BatchItem, { status, headers, body }: GraphResponse): BatchResponse {
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) shown[HEADER_NAMES[name] ?? name] = value
  if (body === undefined) return { id: item.id, status, headers: shown }
  // GRA-41: JSON as it is, anything else in base64.
  return {
    id: item.id,
    status,
    headers: shown,
    body: body.kind === 'json' ? body.value : Buffer.from(body.text).toString('base64'),
  }
}

// Inside a JSON body nobody folds case for the client.
const HEADER_NAMES: Readonly<Record<string, string>> = {
  'content-type': 'Content-Type',
  'cache-control': 'Cache-Control',
  'odata-version': 'OData-Version',
  'retry-after': 'Retry-After',
  location: 'Location',
  etag: 'ETag',
  allow: 'Allow',
  'www-authenticate': 'WWW-Authenticate',
}

const failedDependency = (item: BatchItem): BatchResponse => ({
  id: item.id,
  status: 424,
  headers: { 'Content-Type': 'application/json' },
  body: {
    error: {
      code: 'FailedDependency',
      message: 'A request that this one depends on has failed, so it was not run.',
    },
  },
})

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
