import type { VNode } from 'preact'
import { PASSCODE_LENGTH, PASSCODE_LIFETIME_MINUTES } from '../../federation/index.ts'
import { parseTenantId } from '../../platform/ids.ts'
import type { Account } from '../../platform/pages/index.ts'
import { SHORTEST_PASSWORD } from '../../platform/passwords.ts'
import { findTenant } from '../../tenants/index.ts'
import * as pages from '../pages/index.ts'
import { addressOf, nameOf } from './account-rules.ts'
import { mayName } from './answers.ts'
import { permissionsOf, readApplication, readConsentQuestion } from './consent.ts'
import { formToken } from './form-guard.ts'
import type { SettledStage } from './model.ts'
import { aadsts, refusals } from './refusals.ts'
import type { Visit } from './visit.ts'

/** Path of a sign-in's pages; its forms and links are below it. */
export const signInPath = (tenantId: string, uid: string): string => `/${tenantId}/signin/${uid}`

export interface Screen {
  readonly page: VNode
  readonly status: number
  readonly retryAfterSeconds: number | null
}

type StageOf<K extends SettledStage['kind']> = Extract<SettledStage, { readonly kind: K }>
type Shown = Exclude<SettledStage, { readonly kind: 'finished' | 'left' | 'atHome' | 'returning' }>

interface Parts {
  readonly frame: pages.Frame & {
    readonly tenant: Visit['face']
    readonly trace: NonNullable<pages.Frame['trace']>
  }
  post(name: string): pages.Posting
  link(name: string): string
}

export function partsOf({ t, face, ctx, request, tenant, uid, dependencies }: Visit): Parts {
  const path = signInPath(tenant.id, uid)
  const csrf = formToken(dependencies.deployment.keyring, tenant.id, uid)
  const trace = { correlationId: ctx.correlationId, requestId: request.id, time: ctx.clock.now() }
  return {
    frame: { t, tenant: face, trace },
    post: (name) => ({ action: `${path}/${name}`, csrf }),
    link: (name) => `${path}/${name}`,
  }
}

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

/** Our own pages are no application that anybody would know by name. */
const applicationName = ({ occasion: { client } }: Visit): string | null =>
  client.kind === 'firstParty' ? null : client.displayName

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

async function accountOf({ engine }: Visit, userId: string): Promise<Account> {
  const account = await engine.directory.findAccount(userId)
  const { displayName = null, userPrincipalName = '', homeUserPrincipalName = null } = account?.subject ?? {}
  return { displayName, identifier: homeUserPrincipalName ?? userPrincipalName }
}

async function consentPage(visit: Visit): Promise<VNode> {
  const { frame, post, link } = partsOf(visit)
  const [question, application] = await Promise.all([readConsentQuestion(visit), readApplication(visit)])
  if (question === null) return <pages.SessionExpiredPage {...frame} restartUrl={null} />
  const shown = {
    ...frame,
    application,
    permissions: permissionsOf(question),
    account: await accountOf(visit, question.user.id),
  }
  return question.reach === 'adminOnly' ? (
    <pages.AdminApprovalPage {...shown} switchUrl={link('identifier')} returnUrl={link('cancel')} />
  ) : (
    <pages.ConsentPage
      {...shown}
      {...post('consent')}
      changeUrl={link('identifier')}
      reach={question.reach}
    />
  )
}

async function refusedPage(visit: Visit, stage: StageOf<'refused'>, application: string): Promise<VNode> {
  const { frame, link } = partsOf(visit)
  const { t } = frame
  const identifier = stage.identifier ?? ''
  const organization = visit.tenant.displayName
  const home = await homeNameOf(visit, stage.homeTenantId)
  const code = aadsts(refusals[stage.why].code)
  const switchUrl = mayName(visit) ? link('identifier') : null
  const returnUrl = link('cancel')
  if (stage.why === 'blockedAtHome' || stage.why === 'blockedHere') {
    return (
      <pages.BlockedPage
        {...frame}
        identifier={identifier}
        blockedBy={stage.why === 'blockedAtHome' ? 'home' : 'resource'}
        home={{ displayName: home, helpContact: null }}
        code={code}
        switchUrl={switchUrl}
        returnUrl={returnUrl}
      />
    )
  }
  const atHome = stage.why === 'homeSilent' || stage.why === 'homeNotBelieved' || stage.why === 'homeDeclined'
  return (
    <pages.ErrorPage
      {...frame}
      message={
        atHome
          ? t(`refused.${stage.why}`, { home })
          : stage.why === 'notAssigned'
            ? t('refused.notAssigned', { identifier, application })
            : t(`refused.${stage.why}`, { identifier, organization })
      }
      title={null}
      code={code}
      helpContact={null}
      retryUrl={atHome ? link('again') : null}
      switchUrl={switchUrl}
      returnUrl={returnUrl}
    />
  )
}

async function homeNameOf({ dependencies, tenant }: Visit, homeTenantId: string | null): Promise<string> {
  const id = homeTenantId === null ? null : parseTenantId(homeTenantId)
  if (id === null) return tenant.displayName
  const home = await dependencies.deployment.database.platform.transaction((tx) => findTenant(tx, id))
  return home?.displayName ?? id
}
