import type { TenantBranding, Trace } from './branding.ts'
import { useTranslator } from './context.ts'
import { CopyableId } from './copyable.tsx'
import { contactLink, webAddress } from './links.ts'
import { Mark } from './mark.tsx'

interface FooterProps {
  readonly tenant: TenantBranding | null
  readonly trace: Trace | null
}

export function Footer({ tenant, trace }: FooterProps) {
  const t = useTranslator()
  const privacy = webAddress(tenant?.privacyStatementUrl)
  const help = tenant?.helpContact ? contactLink(tenant.helpContact) : null

  return (
    <footer class="footer">
      <div class="footer-line">
        <span class="product">
          <Mark />
          {t('product.name')}
        </span>
        {privacy ? (
          <a href={privacy} rel="noreferrer">
            {t('footer.privacy')}
          </a>
        ) : null}
        {help ? <a href={help}>{t('footer.help')}</a> : null}
        {trace ? <TraceDetails trace={trace} /> : null}
      </div>
    </footer>
  )
}

function TraceDetails({ trace }: { readonly trace: Trace }) {
  const t = useTranslator()
  return (
    <details class="trace">
      <summary>{t('footer.details')}</summary>
      <p>{t('footer.detailsHint')}</p>
      <CopyableId label={t('trace.correlationId')} value={trace.correlationId} />
      {trace.requestId ? <CopyableId label={t('trace.requestId')} value={trace.requestId} /> : null}
      <CopyableId label={t('trace.time')} value={wireTime(trace.time)} />
    </details>
  )
}

/** UTC to the second, as in the `timestamp` of an error body, so that page and log can be compared by eye. */
export const wireTime = (time: Date): string => `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`
