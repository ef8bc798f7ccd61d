import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { type Asset, markImage, stylesheet } from './assets.ts'
import type { TenantBranding, Trace } from './branding.ts'
import { Rendering, Speech } from './context.ts'
import { Footer } from './footer.tsx'
import { directionOf } from './language.ts'
import { Backdrop } from './mark.tsx'
import { Monogram } from './people.tsx'
import type { Translator } from './translator.ts'

export interface PageProps {
  readonly t: Translator
  /** Names the page in tabs, history and screen readers; usually the words of its `Heading`. */
  readonly title: string
  /** `null` before a tenant is known. */
  readonly tenant: TenantBranding | null
  readonly trace: Trace | null
  /** True when the page repeats a form with errors: the title then says so first (WCAG 3.3.1). */
  readonly failed?: boolean
  readonly width?: 'narrow' | 'wide'
  /** Where the browser goes by itself, at once. Any delay would be a WCAG 2.2.1 failure. */
  readonly refreshTo?: string | null
  readonly script?: Asset
  readonly children: ComponentChildren
}

/** The whole document: every page's root element. */
export function Page({ width = 'narrow', failed = false, ...props }: PageProps) {
  const { t, title, tenant } = props
  const { nonce } = useContext(Rendering)
  const full = t('page.title', { title, owner: tenant?.displayName ?? t('product.name') })

  return (
    <Speech.Provider value={t}>
      <html lang={t.language} dir={directionOf(t.language)}>
        <head>
          <meta charset="utf-8" />
          <title>{failed ? t('page.failedTitle', { title: full }) : full}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          {props.refreshTo ? <meta http-equiv="refresh" content={`0;url=${props.refreshTo}`} /> : null}
          <link rel="icon" type="image/svg+xml" href={markImage.path} />
          <link rel="stylesheet" href={stylesheet.path} />
          {props.script && nonce ? <script src={props.script.path} nonce={nonce} defer /> : null}
        </head>
        <body>
          <Backdrop />
          <div class={`frame frame-${width}`}>
            <div class="sheet">
              {tenant ? <TenantName tenant={tenant} /> : null}
              <main>{props.children}</main>
            </div>
            <Footer tenant={tenant} trace={props.trace} />
          </div>
        </body>
      </html>
    </Speech.Provider>
  )
}

function TenantName({ tenant }: { readonly tenant: TenantBranding }) {
  return (
    <header class="tenant">
      {tenant.logoUrl ? (
        <img class="tenant-logo" src={tenant.logoUrl} alt="" height="36" />
      ) : (
        <Monogram name={tenant.displayName} square />
      )}
      <span class="tenant-name">{tenant.displayName}</span>
    </header>
  )
}
