import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import { randomToken } from '../../platform/crypto/tokens.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { announce } from '../changes.ts'
import { deleteCredential, findKeys, findPasswords, insertKey, insertPassword } from './credential-store.ts'
import {
  credentialNameProblem,
  digestOf,
  type KeyCredential,
  type PasswordCredential,
  parseKey,
  secretLifetime,
  secretText,
} from './credentials.ts'
import { requireApplication } from './guards.ts'
import type { Application } from './model.ts'

/** Entra allows a few; hundreds would only mean that nobody removes them. */
const MAX_CREDENTIALS = 50

export interface NewPassword {
  readonly displayName?: string | null
  readonly startDateTime?: Date | null
  readonly endDateTime?: Date | null
}

/** A secret at the one moment when its text is known. */
export interface IssuedPassword extends PasswordCredential {
  readonly secretText: string
}

/**
 * Gives an application a secret made here; callers cannot choose one. The text is in the answer and nowhere else:
 * only its digest is stored. Without dates it lives two years from now.
 */
export async function addPassword(
  ctx: Context,
  tx: Tx,
  applicationId: string,
  wish: NewPassword,
): Promise<IssuedPassword> {
  const application = await requireApplication(tx, applicationId, 'present')
  const lifetime = secretLifetime(
    { start: wish.startDateTime ?? undefined, end: wish.endDateTime ?? undefined },
    ctx.clock.now(),
  )
  if ('problem' in lifetime) throw problem('endDateTime', lifetime.problem)
  const displayName = wish.displayName ?? null
  const nameProblem = credentialNameProblem(displayName)
  if (nameProblem !== null) throw problem('displayName', nameProblem)
  const present = await findPasswords(tx, [application.id])
  if ((present.get(application.id)?.length ?? 0) >= MAX_CREDENTIALS) {
    throw problem(
      'passwordCredentials',
      `An application has at most ${MAX_CREDENTIALS} secrets; remove old ones.`,
    )
  }
  const text = secretText(randomToken())
  const password: PasswordCredential = {
    keyId: ctx.ids.guid(),
    displayName,
    hint: text.slice(0, 3),
    startDateTime: lifetime.start,
    endDateTime: lifetime.end,
  }
  await insertPassword(tx, ctx.tenantId, application.id, password, digestOf(text))
  await record(ctx, tx, application, 'passwordCredentials', null, described(password))
  return { ...password, secretText: text }
}

/** Takes a secret away at once. 404 when the application has none with this key id. */
export async function removePassword(
  ctx: Context,
  tx: Tx,
  applicationId: string,
  keyId: string,
): Promise<void> {
  const application = await requireApplication(tx, applicationId, 'present')
  const removed = isGuid(keyId) && (await deleteCredential(tx, application.id, 'password', keyId))
  if (!removed) throw new NotFound(keyId)
  await record(ctx, tx, application, 'passwordCredentials', JSON.stringify({ keyId }), null)
}

export interface GivenKey {
  readonly keyId?: string | null
  readonly displayName?: string | null
  readonly type?: string | null
  readonly usage?: string | null
  /** Base64 of the certificate, or of the JWK's JSON. Absent on a key that is already there. */
  readonly key?: string | null
  readonly startDateTime?: Date | null
  readonly endDateTime?: Date | null
}

/** Adds one certificate or public key that proves the application's signatures. */
export async function addKey(
  ctx: Context,
  tx: Tx,
  applicationId: string,
  given: GivenKey,
): Promise<KeyCredential> {
  const application = await requireApplication(tx, applicationId, 'present')
  const key = await insertGivenKey(ctx, tx, application, given)
  await record(ctx, tx, application, 'keyCredentials', null, described(key))
  return key
}

export async function removeKey(ctx: Context, tx: Tx, applicationId: string, keyId: string): Promise<void> {
  const application = await requireApplication(tx, applicationId, 'present')
  const removed = isGuid(keyId) && (await deleteCredential(tx, application.id, 'key', keyId))
  if (!removed) throw new NotFound(keyId)
  await record(ctx, tx, application, 'keyCredentials', JSON.stringify({ keyId }), null)
}

/**
 * Makes `given` the keys of the application, as a PATCH of `keyCredentials` does in Graph: a member with the key id
 * of a present key keeps it, one with key material is added, and what is not named goes.
 */
export async function replaceKeys(
  ctx: Context,
  tx: Tx,
  applicationId: string,
  given: readonly GivenKey[],
): Promise<void> {
  const application = await requireApplication(tx, applicationId, 'present')
  if (given.length > MAX_CREDENTIALS) {
    throw problem('keyCredentials', `An application has at most ${MAX_CREDENTIALS} keys.`)
  }
  const present = (await findKeys(tx, [application.id])).get(application.id) ?? []
  const known = new Map(present.map((key) => [key.keyId, key]))
  const kept = new Set<string>()
  for (const key of given) {
    const id = key.keyId?.toLowerCase() ?? null
    if (id !== null && known.has(id)) {
      if (kept.has(id)) throw problem('keyCredentials', `The key ${id} is given twice.`)
      kept.add(id)
      continue
    }
    const added = await insertGivenKey(ctx, tx, application, key)
    await record(ctx, tx, application, 'keyCredentials', null, described(added))
  }
  for (const key of present) {
    if (kept.has(key.keyId)) continue
    await deleteCredential(tx, application.id, 'key', key.keyId)
    await record(ctx, tx, application, 'keyCredentials', described(key), null)
  }
}

async function insertGivenKey(
  ctx: Context,
  tx: Tx,
  application: Application,
  given: GivenKey,
): Promise<KeyCredential> {
  if (given.usage !== undefined && given.usage !== null && given.usage !== 'Verify') {
    throw problem('keyCredentials', "The usage of a key is 'Verify'; private keys stay with the application.")
  }
  if (given.key === undefined || given.key === null || given.key === '') {
    throw problem('keyCredentials', 'A new key needs its certificate or public key in `key`, base64.')
  }
  const parsed = parseKey(given.type ?? 'AsymmetricX509Cert', Buffer.from(given.key, 'base64'))
  if ('problem' in parsed) throw problem('keyCredentials', parsed.problem)
  const nameProblem = credentialNameProblem(given.displayName ?? null)
  if (nameProblem !== null) throw problem('keyCredentials', nameProblem)
  const { start, end } = keyLifetime(parsed, given, ctx.clock.now())
  const keyId = given.keyId?.toLowerCase() ?? ctx.ids.guid()
  if (!isGuid(keyId)) throw problem('keyCredentials', 'The keyId of a key is a GUID.')
  const key: KeyCredential = {
    keyId,
    displayName: given.displayName ?? null,
    type: parsed.type,
    key: parsed.key,
    customKeyIdentifier: parsed.customKeyIdentifier,
    publicJwk: parsed.publicJwk,
    startDateTime: start,
    endDateTime: end,
  }
  const present = (await findKeys(tx, [application.id])).get(application.id) ?? []
  if (present.some((other) => other.customKeyIdentifier.equals(key.customKeyIdentifier))) {
    throw problem('keyCredentials', 'The application has this key already.')
  }
  if (present.some((other) => other.keyId === keyId))
    throw problem('keyCredentials', `The key id ${keyId} is taken.`)
  await insertKey(tx, ctx.tenantId, application.id, key)
  return key
}

/** A key never outlives its certificate; a bare key lives as long as a secret unless dates are given. */
function keyLifetime(
  parsed: { readonly start?: Date; readonly end?: Date },
  given: GivenKey,
  now: Date,
): { readonly start: Date; readonly end: Date } {
  if (parsed.start === undefined || parsed.end === undefined) {
    const lifetime = secretLifetime(
      { start: given.startDateTime ?? undefined, end: given.endDateTime ?? undefined },
      now,
    )
    if ('problem' in lifetime) throw problem('keyCredentials', lifetime.problem)
    return lifetime
  }
  const start = given.startDateTime ?? parsed.start
  const end = given.endDateTime ?? parsed.end
  if (start < parsed.start || end > parsed.end) {
    throw problem('keyCredentials', 'The dates of a key lie within those of its certificate.')
  }
  if (end <= start || end <= now) throw problem('keyCredentials', 'The certificate has expired.')
  return { start, end }
}

const problem = (target: string, message: string): Invalid =>
  new Invalid(message, { details: [{ code: 'InvalidValue', target, message }] })

/** For the audit record: which credential, never what opens it. */
const described = ({ keyId, displayName, endDateTime }: PasswordCredential | KeyCredential): string =>
  JSON.stringify({ keyId, displayName, endDateTime })

async function record(
  ctx: Context,
  tx: Tx,
  application: Application,
  property: 'passwordCredentials' | 'keyCredentials',
  oldValue: string | null,
  newValue: string | null,
): Promise<void> {
  await recordAudit(ctx, tx, {
    activity: 'Update application – Certificates and secrets management',
    category: 'ApplicationManagement',
    operationType: 'Update',
    targets: [
      {
        id: application.id,
        type: 'Application',
        displayName: application.displayName,
        modifiedProperties: [{ displayName: property, oldValue, newValue }],
      },
    ],
  })
  announce(ctx, tx, {
    objectType: 'application',
    objectId: application.id,
    change: 'updated',
    detail: { properties: [property] },
  })
}
