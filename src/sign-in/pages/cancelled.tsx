import { ButtonLink } from '../../platform/pages/index.ts'
import { type Frame, Screen } from './screen.tsx'

export interface CancelledPageProps extends Frame {
  /** An invitation stays open; a sign-in to our own pages is just not done. */
  readonly what: 'invitation' | 'signIn'
  readonly retryUrl: string | null
}

/** Where somebody lands who left a sign-in that no application waits for. */
export function CancelledPage(props: CancelledPageProps) {
  const { t, what, retryUrl } = props
  return (
    <Screen frame={props} title={t('cancelled.title')} lead={t(`cancelled.${what}`)}>
      {retryUrl ? <ButtonLink href={retryUrl}>{t('cancelled.retry')}</ButtonLink> : null}
    </Screen>
  )
}
