import {
  Actions,
  Alert,
  Button,
  ButtonLink,
  Checkbox,
  CopyableId,
  ErrorSummary,
  Form,
  TextField,
} from '../../platform/pages/index.ts'
import { type Frame, Refused, Screen } from './frame.tsx'

/** What was typed, so that a refused form comes back as it was. */
export interface InviteForm {
  readonly address: string
  readonly name: string
  readonly type: 'Guest' | 'Member'
  readonly send: boolean
  readonly message: string
  readonly redirectUrl: string
}

export type InviteField = 'address' | 'name' | 'message' | 'redirectUrl'

export interface InvitePageProps {
  readonly frame: Frame
  readonly form: InviteForm
  readonly errors: readonly { readonly field: InviteField; readonly message: string }[]
  /** A refusal that no field is to blame for. */
  readonly refused: string | null
}

export function InvitePage({ frame, form, errors, refused }: InvitePageProps) {
  const { t, tenant, csrf, paths } = frame
  const errorOf = (field: InviteField) => errors.find((error) => error.field === field)?.message ?? null
  return (
    <Screen
      frame={frame}
      title={t('invite.title')}
      lead={t('invite.lead', { tenant: tenant.displayName })}
      failed={errors.length > 0 || refused !== null}
    >
      <Refused frame={frame} message={refused} />
      <ErrorSummary errors={errors} />
      <Form action={paths.invite} csrf={csrf}>
        <TextField
          name="address"
          label={t('invite.address')}
          hint={t('invite.addressHint')}
          value={form.address}
          error={errorOf('address')}
          autocomplete="off"
          inputMode="email"
          focus
        />
        <TextField
          name="name"
          label={t('invite.name')}
          value={form.name}
          error={errorOf('name')}
          autocomplete="off"
        />
        <TextField
          name="redirectUrl"
          label={t('invite.redirectUrl')}
          hint={t('invite.redirectHint')}
          value={form.redirectUrl}
          error={errorOf('redirectUrl')}
          autocomplete="off"
          inputMode="url"
          maxLength={2048}
        />
        <TypeField frame={frame} chosen={form.type} />
        <Checkbox name="send" label={t('invite.send')} hint={t('invite.sendHint')} checked={form.send} />
        <MessageField frame={frame} value={form.message} error={errorOf('message')} />
        <Actions>
          <Button>{t('invite.submit')}</Button>
          <ButtonLink href={paths.list} look="secondary">
            {t('form.cancel')}
          </ButtonLink>
        </Actions>
      </Form>
    </Screen>
  )
}

function TypeField({ frame: { t }, chosen }: { readonly frame: Frame; readonly chosen: InviteForm['type'] }) {
  return (
    <div class="field">
      <label for="field-type">{t('invite.type')}</label>
      <p class="hint" id="field-type-hint">
        {t('invite.typeHint')}
      </p>
      <select class="input" id="field-type" name="type" aria-describedby="field-type-hint">
        {(['Guest', 'Member'] as const).map((type) => (
          <option key={type} value={type} selected={type === chosen}>
            {t(`invite.type.${type}`)}
          </option>
        ))}
      </select>
    </div>
  )
}

interface MessageFieldProps {
  readonly frame: Frame
  readonly value: string
  readonly error: string | null
}

function MessageField({ frame: { t }, value, error }: MessageFieldProps) {
  return (
    <div class={error === null ? 'field' : 'field field-wrong'}>
      <label for="field-message">{t('invite.message')}</label>
      <p class="hint" id="field-message-hint">
        {t('invite.messageHint')}
      </p>
      <textarea
        class="input"
        id="field-message"
        name="message"
        rows={4}
        maxlength={5000}
        aria-describedby={error === null ? 'field-message-hint' : 'field-message-hint field-message-error'}
        aria-invalid={error === null ? undefined : 'true'}
      >
        {value}
      </textarea>
      {error === null ? null : (
        <p class="error" id="field-message-error">
          {error}
        </p>
      )}
    </div>
  )
}

export interface InvitedPageProps {
  readonly frame: Frame
  readonly address: string
  readonly outcome: 'mailed' | 'notMailed' | 'accepted'
  /** To pass on by hand, where no mail was sent. */
  readonly redeemUrl: string
  /** E.g. that the message was left out (INV-13). */
  readonly warnings: readonly string[]
}

export function InvitedPage({ frame, address, outcome, redeemUrl, warnings }: InvitedPageProps) {
  const { t, paths } = frame
  return (
    <Screen frame={frame} title={t('invite.done.title', { address })}>
      <Alert tone="success">
        <p>{outcome === 'accepted' ? t('invite.done.accepted', { address }) : t(`invite.done.${outcome}`)}</p>
      </Alert>
      {warnings.map((warning) => (
        <Alert key={warning} tone="warning">
          <p>{warning}</p>
        </Alert>
      ))}
      {outcome === 'notMailed' ? <CopyableId label={t('invite.done.link')} value={redeemUrl} /> : null}
      <Actions>
        <ButtonLink href={paths.invite}>{t('invite.done.another')}</ButtonLink>
        <ButtonLink href={paths.list} look="secondary">
          {t('invite.done.list')}
        </ButtonLink>
      </Actions>
    </Screen>
  )
}
