import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../platform/clock.ts'
import { clientInfo, pairwiseSubject } from './claims.ts'
import { entraError } from './errors.ts'
import type { EngineDirectory } from './facts.ts'
import { OFFLINE } from './live-grants.ts'
import { presentScopes } from './scopes.ts'

/** What the façade noted about a request before the engine saw it; the answer is put in the same words. */
export interface RequestNotes {
  readonly correlationId: string
  readonly traceId: string
  /** The identifier before the permissions in the request's scopes, to be put before them in the answer. */
  readonly resourceIdentifier: string | null
  readonly wantsClientInfo: boolean
}

const notes = new WeakMap<object, RequestNotes>()

export const noteRequest = (message: object, note: RequestNotes): void => void notes.set(message, note)
export const notesOf = (message: object): RequestNotes | undefined => notes.get(message)

const details = new WeakMap<object, string | undefined>()

/** Keeps the engine's inner reason of a refusal, which decides the AADSTS code. */
export const noteDetail = (
  ctx: KoaContextWithOIDC,
  failure: { readonly error_detail?: string | undefined },
): void => void details.set(ctx.req, failure.error_detail)

/** The product's own Graph, under Microsoft's application id. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

interface TokenBody {
  access_token?: string
  expires_in?: number
  ext_expires_in?: number
  scope?: string
  client_info?: string
  sub?: string
  error?: string
  error_description?: string
}

/**
 * Middleware around the engine that gives JSON answers Entra's shape: `ext_expires_in` and `client_info`, which
 * Microsoft's libraries need, scopes in the client's words, and errors with AADSTS codes.
 */
export function decorateTokenAnswer(directory: EngineDirectory, clock: Clock, subjectKey: string) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    // The engine's JSON bodies are plain objects; pages are strings.
    const body = ctx.body as TokenBody | string | null | undefined
    if (body === null || typeof body !== 'object') return
    const note = notes.get(ctx.req)
    if (note === undefined) return
    if (body.error !== undefined) {
      ctx.body = entraError(
        { error: body.error, error_description: body.error_description, error_detail: details.get(ctx.req) },
        { now: clock.now(), traceId: note.traceId, correlationId: note.correlationId },
      )
      return
    }
    if (ctx.oidc.route === 'userinfo' && body.sub !== undefined) {
      // The same subject as in the ID token (OpenID Connect Core §5.3.2).
      ctx.body = { ...body, sub: pairwiseSubject(subjectKey, body.sub, ctx.oidc.client?.clientId ?? '') }
      return
    }
    if (body.access_token === undefined) return
    ctx.body = await tokenAnswer(ctx, body, note, directory)
  }
}

/** Where the request named no resource, as when a code is redeemed without scopes. Graph's permissions stand alone. */
const defaultIdentifier = (appId: unknown): string | null =>
  typeof appId !== 'string' || appId === GRAPH_APP_ID ? null : `api://${appId}`

async function tokenAnswer(
  ctx: KoaContextWithOIDC,
  body: TokenBody,
  note: RequestNotes,
  directory: EngineDirectory,
): Promise<TokenBody> {
  const token = ctx.oidc.entities.AccessToken
  const accountId = token?.accountId
  if (accountId === undefined) return { ...body, ext_expires_in: body.expires_in ?? 0 }
  const openId = [
    ...(ctx.oidc.entities.RefreshToken?.scopes ?? ctx.oidc.entities.AuthorizationCode?.scopes ?? []),
  ]
    .filter((scope) => ['openid', 'profile', 'email', OFFLINE].includes(scope))
    .map((scope) => (scope === OFFLINE ? 'offline_access' : scope))
  const permissions =
    token?.resourceServer === undefined ? [] : (body.scope ?? '').split(' ').filter((scope) => scope !== '')
  const account = note.wantsClientInfo ? await directory.findAccount(accountId) : null
  return {
    ...body,
    scope: presentScopes(
      openId,
      note.resourceIdentifier ?? defaultIdentifier(token?.resourceServer?.audience),
      permissions,
    ),
    ext_expires_in: body.expires_in ?? 0,
    ...(account === null ? {} : { client_info: clientInfo(account.homeObjectId, account.homeTenantId) }),
  }
}
