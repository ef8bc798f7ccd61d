import {
  Alert,
  Button,
  ButtonLink,
  EmptyState,
  Form,
  Monogram,
  type PlainMessageKey,
} from '../../platform/pages/index.ts'
import type { InvitationState } from '../model.ts'
import { type Frame, Refused, Screen } from './frame.tsx'

export const listFilters = ['all', 'pendingAcceptance', 'completed', 'expired', 'revoked'] as const
export type ListFilter = (typeof listFilters)[number]

export interface ListedInvitation {
  readonly id: string
  readonly address: string
  readonly inviterName: string
  readonly invitedAt: Date
  /** As of now. */
  readonly state: InvitationState
}

export interface ListPageProps {
  readonly frame: Frame
  readonly filter: ListFilter
  readonly invitations: readonly ListedInvitation[]
  /** Leads to the next page; null: this is the last one. */
  readonly olderUrl: string | null
  readonly done: 'resent' | 'revoked' | null
  readonly refused: string | null
}

export function ListPage({ frame, filter, invitations, olderUrl, done, refused }: ListPageProps) {
  const { t, tenant, paths } = frame
  return (
    <Screen
      frame={frame}
      title={t('invitations.title')}
      lead={t('invitations.lead', { tenant: tenant.displayName })}
      failed={refused !== null}
    >
      <Refused frame={frame} message={refused} />
      {done === null ? null : (
        <Alert tone="success">
          <p>{t(`invitations.done.${done}`)}</p>
        </Alert>
      )}
      <div class="actions">
        <ButtonLink href={paths.invite}>{t('invitations.new')}</ButtonLink>
        <ButtonLink href={paths.bulk} look="secondary">
          {t('invitations.bulk')}
        </ButtonLink>
      </div>
      <Filters frame={frame} chosen={filter} />
      {invitations.length === 0 ? (
        <EmptyState icon="mail" title={t('invitations.none')}>
          <p>{t('invitations.noneText')}</p>
        </EmptyState>
      ) : (
        <ul class="rows">
          {invitations.map((invitation) => (
            <Row key={invitation.id} frame={frame} invitation={invitation} />
          ))}
        </ul>
      )}
      {olderUrl === null ? null : <a href={olderUrl}>{t('invitations.more')}</a>}
    </Screen>
  )
}

function Filters({ frame: { t, paths }, chosen }: { readonly frame: Frame; readonly chosen: ListFilter }) {
  return (
    <nav aria-label={t('invitations.filter')}>
      <ul class="side-links">
        {listFilters.map((filter) => (
          <li key={filter}>
            <a
              href={filter === 'all' ? paths.list : `${paths.list}?show=${filter}`}
              aria-current={filter === chosen ? 'page' : undefined}
            >
              {filter === chosen ? (
                <strong>{t(`invitations.filter.${filter}`)}</strong>
              ) : (
                t(`invitations.filter.${filter}`)
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const stateKeys: Readonly<Record<InvitationState['kind'], PlainMessageKey>> = {
  pendingAcceptance: 'invitations.state.pendingAcceptance',
  completed: 'invitations.state.completed',
  expired: 'invitations.state.expired',
  revoked: 'invitations.state.revoked',
  superseded: 'invitations.state.superseded',
}

function Row({ frame, invitation }: { readonly frame: Frame; readonly invitation: ListedInvitation }) {
  const { t, csrf, paths } = frame
  const { id, address, inviterName, invitedAt, state } = invitation
  const isOpen = state.kind === 'pendingAcceptance' || state.kind === 'expired'
  const end = state.kind === 'pendingAcceptance' ? state.expiresAt : null
  const about = <span class="visually-hidden"> {t('invitations.ofAddress', { address })}</span>
  return (
    <li class="row">
      <Monogram name={address} />
      <div class="row-text">
        <p class="item-title">{address}</p>
        <p class="item-text">
          {t('invitations.invitedBy', {
            state: t(stateKeys[state.kind]),
            inviter: inviterName,
            date: invitedAt,
          })}
        </p>
        {end === null ? null : <p class="item-text">{t('invitations.until', { date: end })}</p>}
      </div>
      <div class="row-end">
        {isOpen ? (
          <>
            <Form action={paths.resend(id)} csrf={csrf}>
              <Button look="link">
                {t('invitations.resend')}
                {about}
              </Button>
            </Form>
            <Form action={paths.revoke(id)} csrf={csrf}>
              <Button look="link">
                {t('invitations.revoke')}
                {about}
              </Button>
            </Form>
          </>
        ) : null}
      </div>
    </li>
  )
}
