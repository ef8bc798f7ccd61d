import { rolesOf } from '../../directory/index.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import { stateAt } from '../invitation-states.ts'
import { listInvitations } from '../list-store.ts'
import { resendInvitation, revokeInvitation } from '../manage.ts'
import { invitationReaders } from '../readers.ts'
import { invite } from '../service.ts'
import { InvitedPage, type InviteField, type InviteForm, InvitePage } from './invite.tsx'
import { type ListFilter, ListPage, listFilters } from './list.tsx'
import { ProblemPage } from './problem.tsx'
import type { InvitationPageDependencies } from './signed-in.ts'
import { attempt, type Handle, sendPage, type Visit } from './visit.tsx'

const PAGE_SIZE = 25

/** Who was invited, and what became of it. `refused`: what the last form was told. */
export async function showList(visit: Visit, refused: string | null = null) {
  const { ctx, frame, reply, person } = visit
  const query = queryOf(visit)
  const roles = await ctx.db.transaction((tx) => rolesOf(tx, person.userId))
  const readers: readonly string[] = [directoryRoleTemplates.globalAdministrator, ...invitationReaders.anyOf]
  if (!readers.some((role) => roles.has(role))) {
    const { t, tenant } = frame
    const page = (
      <ProblemPage
        t={t}
        tenant={tenant}
        title={t('invitations.forbidden.title')}
        text={t('invitations.forbidden.lead')}
      />
    )
    return sendPage(reply, page, 403)
  }
  const filter = listFilters.find((one) => one === query.get('show')) ?? 'all'
  const now = ctx.clock.now()
  const found = await ctx.db.transaction((tx) =>
    listInvitations(tx, {
      state: filter === 'all' ? null : filter,
      now,
      olderThan: query.get('before'),
      limit: PAGE_SIZE + 1,
    }),
  )
  const shown = found.slice(0, PAGE_SIZE)
  const last = shown.at(-1)
  const done = query.get('done')
  return sendPage(
    reply,
    <ListPage
      frame={frame}
      filter={filter}
      invitations={shown.map((invitation) => ({ ...invitation, state: stateAt(invitation.state, now) }))}
      olderUrl={
        found.length > PAGE_SIZE && last !== undefined ? olderUrl(frame.paths.list, filter, last.id) : null
      }
      done={done === 'resent' || done === 'revoked' ? done : null}
      refused={refused}
    />,
    refused === null ? 200 : 400,
  )
}

const olderUrl = (list: string, filter: ListFilter, id: string): string =>
  `${list}?${new URLSearchParams({ ...(filter === 'all' ? {} : { show: filter }), before: id }).toString()}`

export const queryOf = ({ request }: Pick<Visit, 'request'>): URLSearchParams =>
  new URL(request.url, 'http://here').searchParams

const idOf = ({ request }: Visit): string => {
  // The routes that use it have it in their path.
  const { id } = request.params as { readonly id: string }
  return id
}

export const resendFromPage =
  ({ invitations }: InvitationPageDependencies): Handle =>
  async (visit) => {
    const { ctx, findCaller, frame, reply } = visit
    const done = await attempt(ctx, 'Invite external user', () =>
      resendInvitation(invitations, ctx, findCaller, idOf(visit), true),
    )
    return done.outcome === 'refused'
      ? showList(visit, done.error.message)
      : reply.redirect(`${frame.paths.list}?done=resent`, 303)
  }

export const revokeFromPage: Handle = async (visit) => {
  const { ctx, findCaller, frame, reply } = visit
  const done = await attempt(ctx, 'Revoke invitation', () => revokeInvitation(ctx, findCaller, idOf(visit)))
  return done.outcome === 'refused'
    ? showList(visit, done.error.message)
    : reply.redirect(`${frame.paths.list}?done=revoked`, 303)
}

const emptyForm: InviteForm = {
  address: '',
  name: '',
  type: 'Guest',
  send: true,
  message: '',
  redirectUrl: '',
}

export const showInvite: Handle = async ({ frame, reply }) =>
  sendPage(reply, <InvitePage frame={frame} form={emptyForm} errors={[]} refused={null} />)

const fieldOf: Readonly<Record<string, InviteField>> = {
  invitedUserEmailAddress: 'address',
  invitedUserDisplayName: 'name',
  inviteRedirectUrl: 'redirectUrl',
  invitedUserMessageInfo: 'message',
}

export const inviteFromPage =
  ({ invitations }: InvitationPageDependencies): Handle =>
  async (visit) => {
    const { ctx, findCaller, frame, reply } = visit
    const form = readForm(visit.form)
    const done = await attempt(ctx, 'Invite external user', () =>
      invite(invitations, ctx, findCaller, {
        invitedUserEmailAddress: form.address,
        inviteRedirectUrl: form.redirectUrl,
        invitedUserDisplayName: form.name === '' ? null : form.name,
        invitedUserType: form.type,
        sendInvitationMessage: form.send,
        ccRecipients: [],
        customizedMessageBody: form.message === '' ? null : form.message,
        messageLanguage: null,
        resetRedemption: false,
        invitedUserId: null,
        sponsorIds: [],
      }),
    )
    if (done.outcome === 'refused') {
      const { message, details } = done.error
      const field = fieldOf[details[0]?.target ?? '']
      const page = (
        <InvitePage
          frame={frame}
          form={form}
          errors={field === undefined ? [] : [{ field, message: withoutName(message) }]}
          refused={field === undefined ? message : null}
        />
      )
      return sendPage(reply, page, 400)
    }
    const { invitation, mailed, redeemUrl, warnings } = done.value
    const outcome = invitation.state.kind === 'completed' ? 'accepted' : mailed ? 'mailed' : 'notMailed'
    return sendPage(
      reply,
      <InvitedPage
        frame={frame}
        address={invitation.address}
        outcome={outcome}
        redeemUrl={redeemUrl}
        warnings={warnings}
      />,
    )
  }

/** The field says what it is; the message need not repeat the property's name. */
const withoutName = (message: string): string => {
  const rest = message.replace(/^(invitedUserEmailAddress|inviteRedirectUrl|invitedUserDisplayName):? /, '')
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`
}

const readForm = (form: URLSearchParams): InviteForm => ({
  address: form.get('address')?.trim() ?? '',
  name: form.get('name')?.trim() ?? '',
  type: form.get('type') === 'Member' ? 'Member' : 'Guest',
  send: form.get('send') === 'on',
  message: form.get('message')?.trim() ?? '',
  redirectUrl: form.get('redirectUrl')?.trim() ?? '',
})
