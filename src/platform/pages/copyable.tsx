interface CopyableIdProps {
  readonly label: string
  readonly value: string
}

/**
 * An identifier to copy, without JavaScript: tabbing into a read-only field selects all of it, by keyboard, touch
 * and screen reader alike.
 */
export function CopyableId({ label, value }: CopyableIdProps) {
  return (
    <label class="copyable">
      <span class="copyable-label">{label}</span>
      <input class="copyable-value" type="text" value={value} readonly dir="ltr" spellcheck={false} />
    </label>
  )
}

interface CopyableTextProps {
  readonly label: string
  readonly lines: readonly string[]
}

/** Several lines to copy at once, such as everything that support asks for. */
export function CopyableText({ label, lines }: CopyableTextProps) {
  return (
    <label class="copyable copyable-text">
      <span class="copyable-label">{label}</span>
      {/* Twice the lines: identifiers wrap on narrow screens, where not every browser sizes by content. */}
      <textarea class="copyable-value" rows={lines.length * 2} readonly dir="ltr" spellcheck={false}>
        {lines.join('\n')}
      </textarea>
    </label>
  )
}
