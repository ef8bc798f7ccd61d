import type { ComponentChildren } from 'preact'
import { colour, Face, Row, text } from './mail-layout.tsx'

interface PersonProps {
  readonly name: string
  readonly line: string
  /** `cid:` of an attached picture; remote pictures are blocked by most clients and tell who has read the mail. */
  readonly photoUrl: string | null
}

export function Person({ name, line, photoUrl }: PersonProps) {
  return (
    <Row padding="20px 36px 0">
      <Face name={name} line={line} radius="22px" background="#d2714d" ink="#2a1209" photoUrl={photoUrl} />
    </Row>
  )
}

/** Stands above everything else: read before anything is clicked. */
export function Warning({ children }: { readonly children: ComponentChildren }) {
  return (
    <Row padding="20px 36px 0">
      <div
        class="warning"
        style={{
          ...text('14px', colour.warning),
          padding: '12px 16px',
          backgroundColor: colour.warningGround,
          borderRadius: '10px',
        }}
      >
        {children}
      </div>
    </Row>
  )
}

export function Title({ children }: { readonly children: ComponentChildren }) {
  return (
    <Row padding="24px 36px 0">
      <h1 class="ink" style={{ ...text('24px', colour.ink), lineHeight: 1.3, fontWeight: 650, margin: 0 }}>
        {children}
      </h1>
    </Row>
  )
}

export function Paragraph({
  children,
  soft = false,
}: {
  readonly children: ComponentChildren
  readonly soft?: boolean
}) {
  return (
    <Row padding="14px 36px 0">
      <p
        class={soft ? 'soft' : 'ink'}
        style={{ ...text(soft ? '14px' : '16px', soft ? colour.soft : colour.ink), margin: 0 }}
      >
        {children}
      </p>
    </Row>
  )
}

/** What a person wrote, set apart from what we say, line breaks kept. */
export function Quote({ label, words }: { readonly label: string; readonly words: string }) {
  return (
    <Row padding="18px 36px 0">
      <div
        class="sunken"
        style={{
          padding: '14px 18px',
          backgroundColor: colour.sunken,
          border: `1px solid ${colour.line}`,
          borderRadius: '10px',
        }}
      >
        <div class="soft" style={{ ...text('13px', colour.soft), paddingBottom: '6px' }}>
          {label}
        </div>
        <div class="ink" dir="auto" style={text('16px', colour.ink)}>
          {words
            .split(/\r\n|\r|\n/)
            .flatMap((line, index) => (index === 0 ? [line] : [<br key={index} />, line]))}
        </div>
      </div>
    </Row>
  )
}

/** The colour is on the cell and the padding on the link, so the whole button is one in every client. */
export function Button({ href, children }: { readonly href: string; readonly children: ComponentChildren }) {
  return (
    <Row padding="24px 36px 4px">
      <table role="presentation" cellpadding="0" cellspacing="0">
        <tbody>
          <tr>
            <td style={{ backgroundColor: colour.accent, borderRadius: '10px' }}>
              <a
                href={href}
                style={{
                  ...text('16px', '#ffffff'),
                  display: 'inline-block',
                  padding: '13px 26px',
                  fontWeight: 600,
                  textDecoration: 'none',
                  borderRadius: '10px',
                  border: `1px solid ${colour.accent}`,
                }}
              >
                {children}
              </a>
            </td>
          </tr>
        </tbody>
      </table>
    </Row>
  )
}

export function Link({ href, children }: { readonly href: string; readonly children: ComponentChildren }) {
  return (
    <a
      class="link"
      href={href}
      style={{ color: colour.accent, overflowWrap: 'anywhere', wordBreak: 'break-word' }}
    >
      {children}
    </a>
  )
}

/** A code, large and easy to copy; read digit by digit by screen readers in most clients because of the spacing. */
export function Code({ children }: { readonly children: string }) {
  return (
    <Row padding="18px 36px 4px">
      <div
        class="sunken ink"
        style={{
          ...text('32px', colour.ink),
          fontFamily: 'ui-monospace, Menlo, Consolas, Liberation Mono, monospace',
          letterSpacing: '6px',
          textAlign: 'center',
          padding: '16px',
          backgroundColor: colour.sunken,
          border: `1px solid ${colour.line}`,
          borderRadius: '10px',
        }}
      >
        {children}
      </div>
    </Row>
  )
}
