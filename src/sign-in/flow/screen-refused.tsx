import type { VNode } from 'preact'
import { parseTenantId } from '../../platform/ids.ts'
import { findTenant } from '../../tenants/index.ts'
import * as pages from '../pages/index.ts'
import { mayName } from './answers.ts'
import { aadsts, refusals } from './refusals.ts'
import { partsOf, type StageOf } from './screen-parts.ts'
import type { Visit } from './visit.ts'

export async function refusedPage(
  visit: Visit,
  stage: StageOf<'refused'>,
  application: string,
): Promise<VNode> {
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
