import type { VNode } from 'preact'
import * as pages from '../pages/index.ts'
import { permissionsOf, readApplication, readConsentQuestion } from './consent.ts'
import { accountOf, partsOf } from './screen-parts.ts'
import type { Visit } from './visit.ts'

export async function consentPage(visit: Visit): Promise<VNode> {
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
