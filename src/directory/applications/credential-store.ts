import type { JWK } from 'jose'
import type { Tx } from '../../platform/database/index.ts'
import type { KeyCredential, PasswordCredential, StoredSecret } from './credentials.ts'

export async function insertPassword(
  tx: Tx,
  tenantId: string,
  applicationId: string,
  password: PasswordCredential,
  digest: Buffer,
): Promise<void> {
  await tx
    .insertInto('application_credentials')
    .values({
      tenant_id: tenantId,
      application_id: applicationId,
      key_id: password.keyId,
      kind: 'password',
      display_name: password.displayName,
      start_date_time: password.startDateTime,
      end_date_time: password.endDateTime,
      hint: password.hint,
      secret_digest: digest,
    })
    .execute()
}

export async function insertKey(
  tx: Tx,
  tenantId: string,
  applicationId: string,
  key: KeyCredential,
): Promise<void> {
  await tx
    .insertInto('application_credentials')
    .values({
      tenant_id: tenantId,
      application_id: applicationId,
      key_id: key.keyId,
      kind: 'key',
      display_name: key.displayName,
      start_date_time: key.startDateTime,
      end_date_time: key.endDateTime,
      key_type: key.type,
      key_value: key.key,
      custom_key_identifier: key.customKeyIdentifier,
      public_jwk: JSON.stringify(key.publicJwk),
    })
    .execute()
}

/** Removes a credential; false when the application has none of that id and kind. */
export async function deleteCredential(
  tx: Tx,
  applicationId: string,
  kind: 'password' | 'key',
  keyId: string,
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('application_credentials')
    .where('application_id', '=', applicationId)
    .where('kind', '=', kind)
    .where('key_id', '=', keyId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Secrets of each application, oldest first, without anything that would open a door. */
export async function findPasswords(
  tx: Tx,
  applicationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PasswordCredential[]>> {
  const rows = await tx
    .selectFrom('application_credentials')
    .select(['application_id', 'key_id', 'display_name', 'hint', 'start_date_time', 'end_date_time'])
    .where('application_id', 'in', applicationIds)
    .where('kind', '=', 'password')
    .orderBy('start_date_time')
    .orderBy('key_id')
    .execute()
  return Map.groupBy(
    rows.map((row) => ({
      applicationId: row.application_id,
      keyId: row.key_id,
      displayName: row.display_name,
      hint: row.hint ?? '',
      startDateTime: row.start_date_time,
      endDateTime: row.end_date_time,
    })),
    (password) => password.applicationId,
  )
}

export interface StoredKey extends KeyCredential {
  readonly applicationId: string
}

export async function findKeys(
  tx: Tx,
  applicationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredKey[]>> {
  const rows = await tx
    .selectFrom('application_credentials')
    .select([
      'application_id',
      'key_id',
      'display_name',
      'key_type',
      'key_value',
      'custom_key_identifier',
      'public_jwk',
      'start_date_time',
      'end_date_time',
    ])
    .where('application_id', 'in', applicationIds)
    .where('kind', '=', 'key')
    .orderBy('start_date_time')
    .orderBy('key_id')
    .execute()
  const keys = rows.flatMap((row): StoredKey[] => {
    const {
      key_type: type,
      key_value: key,
      custom_key_identifier: customKeyIdentifier,
      public_jwk: publicJwk,
    } = row
    // The table's check constraint makes these present on every key.
    if (type === null || key === null || customKeyIdentifier === null || publicJwk === null) return []
    return [
      {
        applicationId: row.application_id,
        keyId: row.key_id,
        displayName: row.display_name,
        type,
        key,
        customKeyIdentifier,
        publicJwk,
        startDateTime: row.start_date_time,
        endDateTime: row.end_date_time,
      },
    ]
  })
  return Map.groupBy(keys, (key) => key.applicationId)
}

/** What `checkSecret` needs, by client id: one indexed read. Deleted applications have no secrets. */
export async function findSecrets(tx: Tx, appId: string): Promise<readonly StoredSecret[]> {
  const rows = await tx
    .selectFrom('applications')
    .innerJoin('application_credentials', (join) =>
      join
        .onRef('application_credentials.tenant_id', '=', 'applications.tenant_id')
        .onRef('application_credentials.application_id', '=', 'applications.id'),
    )
    .select(['key_id', 'secret_digest', 'start_date_time', 'end_date_time'])
    .where('applications.app_id', '=', appId)
    .where('applications.deleted_date_time', 'is', null)
    .where('kind', '=', 'password')
    .execute()
  return rows.flatMap(
    ({ key_id: keyId, secret_digest: digest, start_date_time: start, end_date_time: end }) =>
      digest === null ? [] : [{ keyId, digest, start, end }],
  )
}

/** Public keys that are valid at `now`, by client id. */
export async function findPublicKeys(tx: Tx, appId: string, now: Date): Promise<readonly JWK[]> {
  const rows = await tx
    .selectFrom('applications')
    .innerJoin('application_credentials', (join) =>
      join
        .onRef('application_credentials.tenant_id', '=', 'applications.tenant_id')
        .onRef('application_credentials.application_id', '=', 'applications.id'),
    )
    .select('public_jwk')
    .where('applications.app_id', '=', appId)
    .where('applications.deleted_date_time', 'is', null)
    .where('kind', '=', 'key')
    .where('start_date_time', '<=', now)
    .where('end_date_time', '>', now)
    .execute()
  return rows.flatMap((row) => (row.public_jwk === null ? [] : [row.public_jwk]))
}
