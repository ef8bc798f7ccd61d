import { type GeneratedAlways, type Selectable, sql } from 'kysely'
import type { UserType } from '../directory/index.ts'
import type { Tx } from '../platform/database/index.ts'
import { asResource, parseTenantId } from '../platform/ids.ts'
import type { MailLanguage } from './message-rules.ts'
import type { Completion, Invitation, InvitationState, Purpose, Ticket } from './model.ts'

declare module '../platform/database/schema.ts' {
  interface Schema {
    invitations: InvitationTable
    invitation_tickets: {
      tenant_id: string
      digest: string
      invitation_id: string
      issued_at: Date
      expires_at: Date | null
    }
  }
}

interface InvitationTable {
  tenant_id: string
  id: string
  invited_user_id: string
  address: string
  address_key: GeneratedAlways<string>
  redirect_url: string
  purpose: Purpose
  display_name: string | null
  user_type: UserType
  sends_mail: boolean
  language: MailLanguage
  custom_message: string | null
  copy_to: string | null
  last_sent_at: Date | null
  invited_at: Date
  inviter_id: string
  inviter_kind: InviterKind
  inviter_name: string
  state: 'pendingAcceptance' | 'completed' | 'revoked' | 'superseded'
  expires_at: Date | null
  ended_at: Date | null
  completion: Completion | null
  revoked_by: string | null
}

export type InviterKind = 'user' | 'application' | 'system'

/** An invitation with everything that sending it again needs. */
export interface StoredInvitation extends Invitation {
  readonly displayName: string | null
  readonly userType: UserType
  readonly sendsMail: boolean
  readonly language: MailLanguage
  readonly customMessage: string | null
  readonly copyTo: string | null
  readonly lastSentAt: Date | null
  readonly inviterKind: InviterKind
  readonly inviterName: string
}

const columns = [
  'tenant_id',
  'id',
  'invited_user_id',
  'address',
  'redirect_url',
  'purpose',
  'display_name',
  'user_type',
  'sends_mail',
  'language',
  'custom_message',
  'copy_to',
  'last_sent_at',
  'invited_at',
  'inviter_id',
  'inviter_kind',
  'inviter_name',
  'state',
  'expires_at',
  'ended_at',
  'completion',
  'revoked_by',
] as const satisfies readonly (keyof InvitationTable)[]

type Row = Omit<Selectable<InvitationTable>, 'address_key'>

function invitationOf(row: Row): StoredInvitation {
  const tenantId = parseTenantId(row.tenant_id)
  if (tenantId === null) throw new TypeError('The column is a uuid.')
  return {
    id: row.id,
    tenantId: asResource(tenantId),
    invitedUserId: row.invited_user_id,
    address: row.address,
    redirectUrl: row.redirect_url,
    purpose: row.purpose,
    invitedAt: row.invited_at,
    inviterId: row.inviter_id,
    state: stateOf(row),
    displayName: row.display_name,
    userType: row.user_type,
    sendsMail: row.sends_mail,
    language: row.language,
    customMessage: row.custom_message,
    copyTo: row.copy_to,
    lastSentAt: row.last_sent_at,
    inviterKind: row.inviter_kind,
    inviterName: row.inviter_name,
  }
}

function stateOf(row: Row): InvitationState {
  // The table's checks hold these together.
  const at = row.ended_at ?? row.invited_at
  switch (row.state) {
    case 'pendingAcceptance':
      return { kind: 'pendingAcceptance', expiresAt: row.expires_at }
    case 'completed':
      return { kind: 'completed', at, how: row.completion ?? 'redeemed' }
    case 'revoked':
      return { kind: 'revoked', at, byId: row.revoked_by ?? '' }
    case 'superseded':
      return { kind: 'superseded', at }
  }
}

function stateColumns(
  state: InvitationState,
): Pick<Row, 'state' | 'expires_at' | 'ended_at' | 'completion' | 'revoked_by'> {
  const none = { expires_at: null, ended_at: null, completion: null, revoked_by: null }
  switch (state.kind) {
    case 'pendingAcceptance':
      return { ...none, state: state.kind, expires_at: state.expiresAt }
    case 'completed':
      return { ...none, state: state.kind, ended_at: state.at, completion: state.how }
    case 'revoked':
      return { ...none, state: state.kind, ended_at: state.at, revoked_by: state.byId }
    case 'superseded':
      return { ...none, state: state.kind, ended_at: state.at }
    case 'expired':
      throw new TypeError('Expired is derived, never stored (INV-11).')
  }
}

export async function insertInvitation(tx: Tx, invitation: StoredInvitation): Promise<void> {
  await tx
    .insertInto('invitations')
    .values({
      tenant_id: invitation.tenantId,
      id: invitation.id,
      invited_user_id: invitation.invitedUserId,
      address: invitation.address,
      redirect_url: invitation.redirectUrl,
      purpose: invitation.purpose,
      display_name: invitation.displayName,
      user_type: invitation.userType,
      sends_mail: invitation.sendsMail,
      language: invitation.language,
      custom_message: invitation.customMessage,
      copy_to: invitation.copyTo,
      last_sent_at: invitation.lastSentAt,
      invited_at: invitation.invitedAt,
      inviter_id: invitation.inviterId,
      inviter_kind: invitation.inviterKind,
      inviter_name: invitation.inviterName,
      ...stateColumns(invitation.state),
    })
    .execute()
}

export async function insertTicket(
  tx: Tx,
  tenantId: string,
  digest: string,
  { invitationId, issuedAt, expiresAt }: Ticket,
): Promise<void> {
  await tx
    .insertInto('invitation_tickets')
    .values({
      tenant_id: tenantId,
      digest,
      invitation_id: invitationId,
      issued_at: issuedAt,
      expires_at: expiresAt,
    })
    .execute()
}

/** `for update` makes other writers of this invitation wait until this transaction ends. */
export async function findInvitation(
  tx: Tx,
  id: string,
  lock: 'no lock' | 'for update' = 'no lock',
): Promise<StoredInvitation | null> {
  const query = tx.selectFrom('invitations').select(columns).where('id', '=', id)
  const row = await (lock === 'for update' ? query.forNoKeyUpdate() : query).executeTakeFirst()
  return row === undefined ? null : invitationOf(row)
}

export async function findByTicket(
  tx: Tx,
  digest: string,
): Promise<{ readonly ticket: Ticket; readonly invitation: StoredInvitation } | null> {
  const row = await tx
    .selectFrom('invitation_tickets')
    .select(['invitation_id', 'issued_at', 'expires_at'])
    .where('digest', '=', digest)
    .executeTakeFirst()
  const invitation = row === undefined ? null : await findInvitation(tx, row.invitation_id)
  if (row === undefined || invitation === null) return null
  return {
    ticket: { invitationId: row.invitation_id, issuedAt: row.issued_at, expiresAt: row.expires_at },
    invitation,
  }
}

/** The newest one that waits for this user; null when none does. */
export async function findOpenInvitationOf(tx: Tx, userId: string): Promise<StoredInvitation | null> {
  const row = await tx
    .selectFrom('invitations')
    .select(columns)
    .where('invited_user_id', '=', userId)
    .where('state', '=', 'pendingAcceptance')
    .orderBy('invited_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : invitationOf(row)
}

/** Ends every invitation of this user that is open, in one statement; returns their ids. */
export async function endOpenInvitations(
  tx: Tx,
  userId: string,
  state: Extract<InvitationState, { readonly kind: 'completed' | 'superseded' }>,
): Promise<readonly string[]> {
  const rows = await tx
    .updateTable('invitations')
    .set(stateColumns(state))
    .where('invited_user_id', '=', userId)
    .where('state', '=', 'pendingAcceptance')
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Writes a new state over a pending one. False: it was not pending any more, and nothing changed. */
export async function moveFromPending(tx: Tx, id: string, state: InvitationState): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('invitations')
    .set(stateColumns(state))
    .where('id', '=', id)
    .where('state', '=', 'pendingAcceptance')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function noteSent(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.updateTable('invitations').set({ last_sent_at: at }).where('id', '=', id).execute()
}

/** Was an invitation ever made out to this mailbox? `addressKey` in lower case. */
export async function wasEverInvited(tx: Tx, addressKey: string): Promise<boolean> {
  const row = await tx
    .selectFrom('invitations')
    .select('id')
    .where('address_key', '=', addressKey)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** In the order of their ids' list. */
export async function listByIds(tx: Tx, ids: readonly string[]): Promise<readonly StoredInvitation[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .selectFrom('invitations')
    .select(columns)
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute()
  const byId = new Map(rows.map((row) => [row.id, invitationOf(row)]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
