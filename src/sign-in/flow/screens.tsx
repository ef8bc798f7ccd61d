import type { VNode } from 'preact'
import { PASSCODE_LENGTH, PASSCODE_LIFETIME_MINUTES } from '../../federation/index.ts'
import type { Account } from '../../platform/pages/index.ts'
import { SHORTEST_PASSWORD } from '../../platform/passwords.ts'
import * as pages from '../pages/index.ts'
import { addressOf, nameOf } from './account-rules.ts'
import { mayName } from './answers.ts'
import type { SettledStage } from './model.ts'
import { consentPage } from './screen-consent.tsx'
import { accountOf, applicationName, partsOf, type StageOf, signInPath } from './screen-parts.ts'
import { refusedPage } from './screen-refused.tsx'
import type { Visit } from './visit.ts'

export interface Screen {
  readonly page: VNode
  readonly status: number
  readonly retryAfterSeconds: number | null
}

type Shown = Exclude<SettledStage, { readonly kind: 'finished' | 'left' | 'atHome' | 'returning' }>

/** The page of a stage. */
export async function screenOf(visit: Visit, stage: Shown): Promise<Screen> {
  const page = await pageOf(visit, stage)
  const pause = stage.kind === 'locked' ? millisecondsUntil(visit, stage.until) : 0
  return pause > 0
    ? { page, status: 429, retryAfterSeconds: Math.ceil(pause / 1000) }
    : { page, status: 200, retryAfterSeconds: null }
}

async function pageOf(visit: Visit, stage: Shown): Promise<VNode> {
  const { frame, post, link } = partsOf(visit)
  const { client, ticket } = visit.occasion
  switch (stage.kind) {
    case 'identifier':
      return identifierPage(visit, stage.identifier, stage.error)
    case 'pickAccount':
      return (
        <pages.AccountPickerPage
          {...frame}
          {...post('account')}
          accounts={await knownAccounts(visit)}
          otherUrl={link('identifier')}
          applicationName={applicationName(visit)}
        />
      )
    case 'password':
      return passwordPage(visit, stage)
    case 'locked':
      return lockedPage(visit, stage)
    case 'newPassword':
      return (
        <pages.NewPasswordPage
          {...frame}
          {...post('new-password')}
          account={typed(stage.identifier)}
          error={stage.error}
          shortestLength={SHORTEST_PASSWORD}
        />
      )
    case 'offerPasscode':
      return (
        <pages.SendCodePage
          {...frame}
          {...post('send-code')}
          account={typed(stage.address)}
          changeUrl={mayName(visit) ? link('identifier') : null}
          codeLength={PASSCODE_LENGTH}
          tooManySends={stage.tooManySends}
        />
      )
    case 'enterPasscode':
      return (
        <pages.EnterCodePage
          {...frame}
          {...post('code')}
          account={typed(stage.address)}
          changeUrl={mayName(visit) ? link('identifier') : null}
          error={stage.error}
          codeLength={PASSCODE_LENGTH}
          lifetimeMinutes={PASSCODE_LIFETIME_MINUTES}
          resend={stage.resend}
          resendAction={link('send-code')}
        />
      )
    case 'wrongAccount':
      return (
        <pages.WrongAccountPage
          {...frame}
          {...post('wrong-account')}
          current={stage.current}
          invitedAddress={stage.invitedAddress}
          mayProve={stage.provable !== null}
        />
      )
    case 'review':
      return (
        <pages.ReviewPermissionsPage
          {...frame}
          {...post('review')}
          account={{ displayName: nameOf(stage.person), identifier: addressOf(stage.person) }}
          shared={stage.person.kind === 'organization' ? ['name', 'mail', 'identifiers'] : ['mail']}
          inviterName={stage.inviterName}
          switchUrl={ticket === null ? link('identifier') : null}
        />
      )
    case 'staySignedIn':
      return (
        <pages.StaySignedInPage
          {...frame}
          {...post('stay')}
          account={await accountOf(visit, stage.admission.userId)}
        />
      )
    case 'consent':
      return consentPage(visit)
    case 'unavailable':
      return (
        <pages.InvitationUnavailablePage
          {...frame}
          reason={stage.reason}
          inviterContact={stage.inviterContact}
        />
      )
    case 'refused':
      return refusedPage(visit, stage, client.displayName)
  }
}

const typed = (identifier: string): Account => ({ displayName: null, identifier })

export function identifierPage(visit: Visit, identifier: string, error: pages.IdentifierError | null): VNode {
  const { frame, post, link } = partsOf(visit)
  return (
    <pages.IdentifierPage
      {...frame}
      {...post('identifier')}
      identifier={identifier}
      error={error}
      applicationName={applicationName(visit)}
      optionsUrl={null}
      helpUrl={null}
      cancelUrl={link('cancel')}
    />
  )
}

async function passwordPage(
  visit: Visit,
  { identifier, error }: Pick<StageOf<'password'>, 'identifier' | 'error'>,
): Promise<VNode> {
  const { frame, post, link } = partsOf(visit)
  return (
    <pages.PasswordPage
      {...frame}
      {...post('password')}
      account={typed(identifier)}
      changeUrl={link('identifier')}
      error={error}
      forgotUrl={null}
      useCodeUrl={null}
    />
  )
}

const millisecondsUntil = ({ ctx }: Visit, moment: Date): number =>
  moment.getTime() - ctx.clock.now().getTime()

/** While the pause lasts; afterwards the password page, so that "try again" is a plain link. */
function lockedPage(visit: Visit, { identifier, until }: StageOf<'locked'>): VNode | Promise<VNode> {
  const milliseconds = millisecondsUntil(visit, until)
  if (milliseconds <= 0) return passwordPage(visit, { identifier, error: null })
  const { frame, link } = partsOf(visit)
  return (
    <pages.AccountLockedPage
      {...frame}
      identifier={identifier}
      waitMinutes={Math.ceil(milliseconds / 60_000)}
      retryUrl={signInPath(visit.tenant.id, visit.uid)}
      changeUrl={link('identifier')}
      useCodeUrl={null}
    />
  )
}

async function knownAccounts(visit: Visit): Promise<pages.KnownAccount[]> {
  const { memory, occasion } = visit
  const remembered = memory.accounts().map((account) => ({
    ...account,
    signedIn: account.userId === occasion.sessionAccountId,
  }))
  if (occasion.sessionAccountId === null || remembered.some(({ signedIn }) => signedIn)) return remembered
  return [
    { ...(await accountOf(visit, occasion.sessionAccountId)), id: 'session', signedIn: true },
    ...remembered,
  ]
}
