import type { ComponentChildren } from 'preact'
import { useTranslator } from './context.ts'
import { Icon } from './icons.tsx'

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  /** Why the last value was refused; the field is then marked and gets the focus. */
  readonly error?: string | null | undefined
  /** The page's first field: people come here to type. */
  readonly focus?: boolean
  readonly autocomplete: string
}

interface TextFieldProps extends FieldProps {
  readonly value?: string
  readonly inputMode?: 'text' | 'email' | 'url' | 'numeric'
  readonly maxLength?: number
}

/** One line of text. Never `type=email`: browsers would rewrite international domains under the person's hands. */
export function TextField({ value = '', inputMode = 'text', maxLength = 320, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      <input
        {...inputAttributes(field)}
        class="input"
        type="text"
        value={value}
        inputmode={inputMode}
        maxlength={maxLength}
        autocapitalize="none"
        spellcheck={false}
      />
    </Field>
  )
}

interface PasswordFieldProps extends FieldProps {
  readonly autocomplete: 'current-password' | 'new-password'
}

/** Never shows an old value again, not even a wrong one. */
export function PasswordField(field: PasswordFieldProps) {
  return (
    <Field {...field}>
      <input {...inputAttributes(field)} class="input" type="password" maxlength={1024} />
    </Field>
  )
}

interface CodeFieldProps extends Omit<FieldProps, 'autocomplete'> {
  readonly value?: string
  /** Digits for mailed codes (numeric keyboard, filled in by the device), letters for device codes. */
  readonly kind: 'digits' | 'letters'
  readonly length: number
}

export function CodeField({ value = '', kind, length, ...rest }: CodeFieldProps) {
  const field = { ...rest, autocomplete: kind === 'digits' ? 'one-time-code' : 'off' }
  return (
    <Field {...field}>
      <input
        {...inputAttributes(field)}
        class="input input-code"
        type="text"
        value={value}
        inputmode={kind === 'digits' ? 'numeric' : 'text'}
        autocapitalize={kind === 'digits' ? 'none' : 'characters'}
        // Room for the spaces and hyphens that people copy along; the server drops them.
        maxlength={length * 2}
        dir="ltr"
        spellcheck={false}
      />
    </Field>
  )
}

interface CheckboxProps {
  readonly name: string
  readonly label: ComponentChildren
  readonly hint?: string
  readonly checked?: boolean
}

/** Posts `on` when ticked. */
export function Checkbox({ name, label, hint, checked = false }: CheckboxProps) {
  const id = `field-${name}`
  return (
    <div class="checkbox">
      <input
        id={id}
        name={name}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      <label for={id}>{label}</label>
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  )
}

interface ErrorSummaryProps {
  readonly errors: readonly { readonly field: string; readonly message: string }[]
}

/** For forms of several fields: one list, announced at once, each entry leading to its field. */
export function ErrorSummary({ errors }: ErrorSummaryProps) {
  const t = useTranslator()
  if (errors.length === 0) return null
  return (
    <div class="alert alert-danger" role="alert">
      <Icon name="alert" />
      <div>
        <p class="alert-title">{t('form.errors', { count: errors.length })}</p>
        <ul class="plain-list">
          {errors.map(({ field, message }) => (
            <li key={field}>
              <a href={`#field-${field}`}>{message}</a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

function Field({
  name,
  label,
  hint,
  error,
  children,
}: FieldProps & { readonly children: ComponentChildren }) {
  const t = useTranslator()
  const id = `field-${name}`
  return (
    <div class={error ? 'field field-wrong' : 'field'}>
      <label for={id}>{label}</label>
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {children}
      {error ? (
        <p class="error" id={`${id}-error`}>
          <Icon name="alert" />
          <span>
            <span class="visually-hidden">{t('form.errorPrefix')} </span>
            {error}
          </span>
        </p>
      ) : null}
    </div>
  )
}

function inputAttributes({ name, hint, error, focus, autocomplete }: FieldProps) {
  const id = `field-${name}`
  const described = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ')
  return {
    id,
    name,
    autocomplete,
    required: true,
    // These pages ask for one thing; a refused value is read out with its error when the focus lands on it.
    autofocus: (focus ?? false) || Boolean(error),
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-describedby': described || undefined,
  }
}
