import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { VNode } from 'preact'
import { parseTenantId } from '../../platform/ids.ts'
import {
  type Account,
  negotiateLanguage,
  type PageSecurity,
  pageHeaders,
  render,
  type Translator,
  translator,
} from '../../platform/pages/index.ts'
import { findTenant } from '../../tenants/index.ts'
import { entraError } from '../engine/errors.ts'
import type { EngineHost } from '../engine/host.ts'
import { type EnginePages, enginePaths } from '../engine/provider.ts'
import { notesOf } from '../engine/token-answer.ts'
import * as pages from '../pages/index.ts'
import { faceOf, type TenantFace } from './branding.ts'
import type { SignInDependencies } from './dependencies.ts'
import { signInPath } from './screen-parts.ts'

/** The engine's own pages, in the looks of all others. `host` is asked only when a page is shown. */
export function createEnginePages(dependencies: SignInDependencies, host: () => EngineHost): EnginePages {
  const { deployment } = dependencies

  async function surroundings(ctx: KoaContextWithOIDC): Promise<{
    readonly t: Translator
    readonly face: TenantFace | null
    readonly path: string
  }> {
    const id = parseTenantId(new URL(ctx.oidc.provider.issuer).pathname.split('/')[1] ?? '')
    const tenant =
      id === null ? null : await deployment.database.platform.transaction((tx) => findTenant(tx, id))
    const face = tenant === null ? null : await faceOf(dependencies, tenant)
    const uiLocales = ctx.oidc.params?.['ui_locales']
    const t = translator(
      negotiateLanguage({
        uiLocales: typeof uiLocales === 'string' ? uiLocales : undefined,
        acceptLanguage: ctx.get('accept-language'),
        fallback: face?.language ?? undefined,
      }),
    )
    return { t, face, path: `/${id ?? ''}` }
  }

  function show(ctx: KoaContextWithOIDC, page: VNode, security: PageSecurity = {}): string {
    ctx.set({ ...pageHeaders({ mayBePopup: true, ...security }) })
    return render(page)
  }

  async function accountOf(ctx: KoaContextWithOIDC): Promise<Account | null> {
    const { session, provider } = ctx.oidc
    const tenantId = parseTenantId(new URL(provider.issuer).pathname.split('/')[1] ?? '')
    if (session?.accountId === undefined || tenantId === null) return null
    const account = await (await host().engineFor(tenantId)).directory.findAccount(session.accountId)
    if (account === null) return null
    const { displayName, userPrincipalName, homeUserPrincipalName } = account.subject
    return { displayName, identifier: homeUserPrincipalName ?? userPrincipalName }
  }

  /** The engine forgets the client once the person has declined; the device code still names it. */
  async function deviceClientName(ctx: KoaContextWithOIDC): Promise<string> {
    const tenantId = parseTenantId(new URL(ctx.oidc.provider.issuer).pathname.split('/')[1] ?? '')
    const clientId = ctx.oidc.entities.DeviceCode?.clientId
    if (tenantId === null || clientId === undefined) return ''
    const client = await (await host().engineFor(tenantId)).directory.findClient(clientId)
    return client?.displayName ?? ''
  }

  return {
    interactionPath: signInPath,

    async renderError(ctx, failure) {
      const { t, face } = await surroundings(ctx)
      const notes = notesOf(ctx.req)
      const correlationId = notes?.correlationId ?? deployment.ids.guid()
      const requestId = notes?.traceId ?? correlationId
      const time = deployment.clock.now()
      const expired =
        failure instanceof errors.SessionNotFound || /xsrf|logout details|form details/i.test(failure.message)
      if (expired)
        return show(ctx, <pages.SessionExpiredPage t={t} tenant={face} trace={null} restartUrl={null} />)
      const facts = { now: time, traceId: requestId, correlationId }
      const known = failure instanceof errors.OIDCProviderError
      const told = entraError(known ? failure : { error: 'server_error' }, facts)
      // The sentence about the cause; code, ids and time stand below it, to be copied.
      const cause = told.error_description.replace(/^AADSTS\d+: /, '').replace(/ Trace ID: .*$/, '')
      return show(
        ctx,
        <pages.ErrorPage
          t={t}
          tenant={face}
          trace={{ correlationId, requestId, time }}
          message={known ? `${t('problem.protocol')} ${cause}` : t('problem.unexpected')}
          title={null}
          code={`AADSTS${told.error_codes[0] ?? 90033}`}
          helpContact={null}
          retryUrl={null}
          switchUrl={null}
          returnUrl={null}
        />,
      )
    },

    async deviceCodeInput(ctx, { xsrf, outcome }) {
      const { t, face, path } = await surroundings(ctx)
      if (outcome === 'declined') {
        const applicationName = await deviceClientName(ctx)
        return show(
          ctx,
          <pages.DeviceDonePage
            t={t}
            tenant={face}
            trace={null}
            outcome="declined"
            applicationName={applicationName}
          />,
        )
      }
      return show(
        ctx,
        <pages.DeviceCodePage
          t={t}
          tenant={face}
          trace={null}
          action={`${path}${enginePaths.code_verification}`}
          csrf={xsrf}
          userCode=""
          error={outcome === 'none' ? null : outcome}
        />,
      )
    },

    async deviceCodeConfirm(ctx, { xsrf, userCode, clientName }) {
      const { t, face, path } = await surroundings(ctx)
      return show(
        ctx,
        <pages.DeviceConfirmPage
          t={t}
          tenant={face}
          trace={null}
          action={`${path}${enginePaths.code_verification}`}
          csrf={xsrf}
          userCode={userCode}
          applicationName={clientName}
          account={await accountOf(ctx)}
          changeUrl={null}
        />,
      )
    },

    async deviceCodeDone(ctx) {
      const { t, face } = await surroundings(ctx)
      const applicationName = ctx.oidc.client?.clientName ?? ctx.oidc.client?.clientId ?? ''
      return show(
        ctx,
        <pages.DeviceDonePage
          t={t}
          tenant={face}
          trace={null}
          outcome="approved"
          applicationName={applicationName}
        />,
      )
    },

    async signOutConfirm(ctx, { xsrf, action }) {
      const { t, face } = await surroundings(ctx)
      // After it the engine leads back to the application, if that sent an address of its own.
      const back = ctx.oidc.params?.['post_logout_redirect_uri']
      return show(
        ctx,
        <pages.SignOutPage
          t={t}
          tenant={face}
          trace={null}
          action={action}
          csrf={xsrf}
          account={await accountOf(ctx)}
          cancelUrl={null}
        />,
        typeof back === 'string' ? { formAction: [back] } : {},
      )
    },

    async signOutDone(ctx) {
      const { t, face } = await surroundings(ctx)
      return show(
        ctx,
        <pages.SignedOutPage t={t} tenant={face} trace={null} signInUrl={null} application={null} />,
      )
    },
  }
}
