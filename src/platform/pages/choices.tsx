import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icons.tsx'

interface ChoiceFace {
  readonly icon: IconName
  readonly title: string
  readonly text?: ComponentChildren
}

interface ChoiceProps extends ChoiceFace {
  /** Posted when this is chosen. */
  readonly name: string
  readonly value: string
}

/** One of several ways on, as a large button of a form: what it is called and what it leads to. */
export function Choice({ name, value, ...face }: ChoiceProps) {
  return (
    <button class="tile tile-choice" type="submit" name={name} value={value}>
      <Face {...face} />
    </button>
  )
}

/** The same for a way on that changes nothing (GET). */
export function ChoiceLink({ href, ...face }: ChoiceFace & { readonly href: string }) {
  return (
    <a class="tile tile-choice" href={href}>
      <Face {...face} />
    </a>
  )
}

function Face({ icon, title, text }: ChoiceFace) {
  return (
    <>
      <span class="tile-icon">
        <Icon name={icon} />
      </span>
      <span class="tile-text">
        <span class="tile-name">{title}</span>
        {text ? <span class="tile-line">{text}</span> : null}
      </span>
      <Icon name="chevron" />
    </>
  )
}
