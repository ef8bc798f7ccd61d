import type { Answer } from './message.ts'
import { jsonType } from './negotiation.ts'
import type { PageKey } from './page.ts'
import { contextUrl, presentAlong, presentRow, type Scene } from './present.ts'
import type { Reply } from './responses.ts'

export interface AnswerScene extends Scene {
  /** Absolute URL of the next page. */
  readonly nextLink: (next: PageKey) => string
}

/** Turns what a handler returned into status, headers and body (GRA-3 to 8, 26, 29). */
export function answer(reply: Reply, scene: AnswerScene): Answer {
  switch (reply.kind) {
    case 'page':
      return json(200, pageBody(reply, scene), scene)
    case 'item':
      return itemAnswer(reply, scene)
    case 'value': {
      const context = withContext(`${scene.root}/$metadata#${reply.context}`, scene)
      const plain = reply.context.startsWith('microsoft.graph.') && typeof reply.value === 'object'
      return json(reply.status, { ...context, ...(plain ? reply.value : { value: reply.value }) }, scene)
    }
    case 'nothing':
      return { status: reply.status, headers: reply.headers, body: undefined }
    case 'raw':
      return {
        status: reply.status,
        headers: { 'content-type': reply.contentType },
        body: { kind: 'text', text: reply.content },
      }
  }
}

function pageBody(reply: Reply & { kind: 'page' }, scene: AnswerScene): Record<string, unknown> {
  const { entity, page, typed } = reply
  return {
    ...withContext(contextUrl(scene, reply.context ?? entity.set, false), scene),
    ...(page.count !== undefined && { '@odata.count': page.count }),
    ...(page.next !== undefined && { '@odata.nextLink': scene.nextLink(page.next) }),
    value: page.rows.map((row) => presentRow(entity, row, typed, scene)),
  }
}

function itemAnswer(reply: Reply & { kind: 'item' }, scene: AnswerScene): Answer {
  const { entity, row, status } = reply
  const id = row[entity.key]
  const path =
    reply.location ?? (status === 201 ? `/${entity.set}/${encodeURIComponent(String(id))}` : undefined)
  const etag = row['@odata.etag']
  const headers: Record<string, string> = {
    ...reply.headers,
    ...(path !== undefined && { location: scene.root + path }),
    ...(typeof etag === 'string' && { etag }),
  }
  if (status === 201 && scene.preferences.returnMinimal) {
    const applied = { ...headers, 'preference-applied': 'return=minimal' }
    return { status: 204, headers: applied, body: undefined }
  }
  const context = withContext(contextUrl(scene, reply.context ?? entity.set, !entity.singleton), scene)
  const shown = { ...presentRow(entity, row, reply.typed, scene), ...presentAlong(reply, scene) }
  const answered = json(status, { ...context, ...shown }, scene)
  return { ...answered, headers: { ...answered.headers, ...headers } }
}

const withContext = (url: string, scene: Scene): Record<string, string> =>
  scene.preferences.metadata === 'none' ? {} : { '@odata.context': url }

const json = (status: number, value: unknown, scene: Scene): Answer => ({
  status,
  headers: { 'content-type': jsonType(scene.preferences.metadata) },
  body: { kind: 'json', value },
})
