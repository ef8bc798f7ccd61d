import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icons.tsx'

interface Around {
  readonly children: ComponentChildren
}

/** The page's one `h1`. */
export function Heading({ children }: Around) {
  return <h1>{children}</h1>
}

/** The sentence under the heading that says what this page is about. */
export function Lead({ children }: Around) {
  return <p class="lead">{children}</p>
}

/** Smaller remarks at the end. */
export function Note({ children }: Around) {
  return <p class="note">{children}</p>
}

interface CardProps extends Around {
  readonly title?: string
}

/** A bordered part of a page. */
export function Card({ title, children }: CardProps) {
  return (
    <section class="card">
      {title ? <h2>{title}</h2> : null}
      {children}
    </section>
  )
}

/** A small heading over the one thing it names. */
export function Labelled({ title, children }: { readonly title: string } & Around) {
  return (
    <section class="labelled">
      <h2>{title}</h2>
      {children}
    </section>
  )
}

interface AlertProps extends Around {
  readonly tone: 'danger' | 'warning' | 'success' | 'info'
  readonly title?: string
}

const TONE_ICONS: Readonly<Record<AlertProps['tone'], IconName>> = {
  danger: 'alert',
  warning: 'alert',
  success: 'check',
  info: 'info',
}

/** `danger` and `warning` interrupt a screen reader; the others wait their turn. */
export function Alert({ tone, title, children }: AlertProps) {
  const role = tone === 'danger' || tone === 'warning' ? 'alert' : 'status'
  return (
    <div class={`alert alert-${tone}`} role={role}>
      <Icon name={TONE_ICONS[tone]} />
      <div>
        {title ? <p class="alert-title">{title}</p> : null}
        {children}
      </div>
    </div>
  )
}

interface ListProps {
  /** `steps` numbers them, `checks` ticks them. */
  readonly look?: 'plain' | 'bullets' | 'steps' | 'checks'
  readonly items: readonly { readonly key: string; readonly content: ComponentChildren }[]
}

export function List({ look = 'plain', items }: ListProps) {
  const entries = items.map(({ key, content }) => (
    <li key={key}>
      {look === 'checks' ? <Icon name="check" /> : null}
      <div>{content}</div>
    </li>
  ))
  return look === 'steps' ? (
    <ol class="list list-steps">{entries}</ol>
  ) : (
    <ul class={`list list-${look}`}>{entries}</ul>
  )
}

/** Links or actions that lead away from the page's main step. */
export function SideLinks({ links }: { readonly links: readonly { href: string; text: string }[] }) {
  if (links.length === 0) return null
  return (
    <ul class="side-links">
      {links.map(({ href, text }) => (
        <li key={href}>
          <a href={href}>{text}</a>
        </li>
      ))}
    </ul>
  )
}

interface EmptyStateProps {
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
}

export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}

interface ProgressProps {
  readonly label: string
  readonly done: number
  readonly total: number
}

export function Progress({ label, done, total }: ProgressProps) {
  return (
    <label class="progress">
      <span>{label}</span>
      <progress value={done} max={Math.max(total, 1)}>
        {`${done} / ${total}`}
      </progress>
    </label>
  )
}
