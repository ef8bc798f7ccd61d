import type { ComponentChildren, CSSProperties, VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { initials } from '../platform/pages/index.ts'
import type { MailLanguage } from './message-rules.ts'

// Mail clients drop style sheets, modern layout and SVG in all combinations. So: tables, inline styles for the light
// scheme, and one style element whose classes only repaint for the dark scheme where a client understands it.

export const colour = {
  accent: '#0f5a6b',
  ground: '#f3f0e9',
  surface: '#ffffff',
  sunken: '#f8f6f1',
  ink: '#1b2325',
  soft: '#556063',
  line: '#e0dbd0',
  warning: '#6b4600',
  warningGround: '#fdf3dd',
}

const FONT =
  'system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, Arial, sans-serif'

// No quotes and no `>`: the renderer would escape them, and a style element does not unescape.
const DARK = `
@media (prefers-color-scheme: dark) {
  .ground { background-color: #0e1416 !important; }
  .surface { background-color: #172023 !important; border-color: #2b373b !important; }
  .sunken { background-color: #121a1d !important; border-color: #2b373b !important; }
  .ink, .ink a { color: #e8ecea !important; }
  .soft, .soft a { color: #a5b1b4 !important; }
  .warning { background-color: #33270f !important; color: #f0c274 !important; }
  .line { border-color: #2b373b !important; }
  .link { color: #84c9d8 !important; }
}
@media (max-width: 480px) { .pad { padding-left: 20px !important; padding-right: 20px !important; } }
`

interface LayoutProps {
  readonly language: MailLanguage
  readonly title: string
  /** What inboxes show beside the subject. */
  readonly preview: string
  readonly tenant: { readonly displayName: string; readonly primaryDomain: string }
  readonly footer: ComponentChildren
  readonly children: ComponentChildren
}

function Layout({ language, title, preview, tenant, footer, children }: LayoutProps) {
  return (
    <html lang={language} dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{title}</title>
        <style>{DARK}</style>
      </head>
      <body class="ground" style={{ margin: 0, padding: 0, backgroundColor: colour.ground }}>
        <div style={{ display: 'none', maxHeight: 0, overflow: 'hidden' }}>{preview}</div>
        <Table class="ground" style={{ backgroundColor: colour.ground }}>
          <tr>
            <td align="center" style={{ padding: '28px 12px' }}>
              <Table
                class="surface"
                style={{
                  maxWidth: '600px',
                  backgroundColor: colour.surface,
                  border: `1px solid ${colour.line}`,
                  borderRadius: '14px',
                }}
              >
                <Row padding="26px 36px 0">
                  <Tenant {...tenant} />
                </Row>
                {children}
                <Row padding="22px 36px 26px">
                  <div
                    class="line soft"
                    style={{
                      ...text('13px', colour.soft),
                      borderTop: `1px solid ${colour.line}`,
                      paddingTop: '16px',
                    }}
                  >
                    {footer}
                  </div>
                </Row>
              </Table>
            </td>
          </tr>
        </Table>
      </body>
    </html>
  )
}

/** A whole HTML document. */
export const mailDocument = (
  props: Omit<LayoutProps, 'children' | 'footer'>,
  children: VNode,
  footer: VNode,
): string =>
  `<!doctype html>\n${renderToString(
    <Layout {...props} footer={footer}>
      {children}
    </Layout>,
  )}\n`

export const text = (size: string, color: string): CSSProperties => ({
  fontFamily: FONT,
  fontSize: size,
  lineHeight: 1.5,
  color,
  overflowWrap: 'anywhere',
})

interface TableProps {
  readonly class?: string
  readonly style?: CSSProperties
  readonly children: ComponentChildren
}

export function Table({ class: name, style, children }: TableProps) {
  return (
    <table
      role="presentation"
      class={name}
      width="100%"
      cellpadding="0"
      cellspacing="0"
      style={{ borderCollapse: 'separate', ...style }}
    >
      <tbody>{children}</tbody>
    </table>
  )
}

export function Row({
  padding,
  children,
}: {
  readonly padding: string
  readonly children: ComponentChildren
}) {
  return (
    <tr>
      <td class="pad" style={{ padding }}>
        {children}
      </td>
    </tr>
  )
}

interface FaceProps {
  readonly name: string
  readonly line: string
  readonly radius: string
  readonly background: string
  readonly ink: string
  readonly photoUrl?: string | null
}

/** A name, a line below it, and initials or a photo beside it. */
export function Face({ name, line, radius, background, ink, photoUrl = null }: FaceProps) {
  const size = '44px'
  return (
    <Table>
      <tr>
        <td width="56" valign="middle">
          {photoUrl === null ? (
            <div
              aria-hidden="true"
              style={{
                ...text('16px', ink),
                width: size,
                height: size,
                lineHeight: size,
                borderRadius: radius,
                backgroundColor: background,
                fontWeight: 600,
                textAlign: 'center',
              }}
            >
              {initials(name)}
            </div>
          ) : (
            <img
              src={photoUrl}
              alt=""
              width="44"
              height="44"
              style={{ display: 'block', borderRadius: radius }}
            />
          )}
        </td>
        <td valign="middle">
          <div class="ink" style={{ ...text('16px', colour.ink), fontWeight: 600 }}>
            <bdi>{name}</bdi>
          </div>
          <div class="soft" style={text('14px', colour.soft)}>
            <bdi>{line}</bdi>
          </div>
        </td>
      </tr>
    </Table>
  )
}

function Tenant({
  displayName,
  primaryDomain,
}: {
  readonly displayName: string
  readonly primaryDomain: string
}) {
  return (
    <Face name={displayName} line={primaryDomain} radius="10px" background={colour.accent} ink="#ffffff" />
  )
}
