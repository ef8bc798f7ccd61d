import type { ComponentChildren } from 'preact'

interface FormProps {
  readonly action: string
  /** Sent as the hidden field `csrf`. */
  readonly csrf: string
  /** More hidden fields, e.g. the identifier that an earlier page asked for. */
  readonly hidden?: Readonly<Record<string, string>>
  readonly children: ComponentChildren
}

/** A form that posts. The server checks the fields: native messages would speak the browser's language, not the page's. */
export function Form({ action, csrf, hidden = {}, children }: FormProps) {
  return (
    <form class="form" method="post" action={action} novalidate>
      <input type="hidden" name="csrf" value={csrf} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  )
}

interface ButtonProps {
  /** `link` looks like a link and still posts. */
  readonly look?: 'primary' | 'secondary' | 'danger' | 'link'
  readonly name?: string
  readonly value?: string
  readonly children: ComponentChildren
}

export function Button({ look = 'primary', name, value, children }: ButtonProps) {
  return (
    <button
      class={look === 'link' ? 'link' : `button button-${look}`}
      type="submit"
      name={name}
      value={value}
    >
      {children}
    </button>
  )
}

interface ButtonLinkProps {
  readonly href: string
  readonly look?: 'primary' | 'secondary'
  readonly children: ComponentChildren
}

/** Goes somewhere (GET), but is the page's main step and so looks like a button. */
export function ButtonLink({ href, look = 'primary', children }: ButtonLinkProps) {
  return (
    <a class={`button button-${look}`} href={href}>
      {children}
    </a>
  )
}

/** Buttons side by side where there is room. Primary first: it is also what Enter presses. */
export function Actions({ children }: { readonly children: ComponentChildren }) {
  return <div class="actions">{children}</div>
}
