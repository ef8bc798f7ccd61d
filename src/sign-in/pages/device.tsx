import { type Account, Actions, Alert, Button, CodeField, Form } from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type DeviceCodeError = 'empty' | 'unknown'

export interface DeviceCodePageProps extends Frame, Posting {
  /** Posted as `user_code`; prefilled from `verification_uri_complete`. */
  readonly userCode: string
  readonly error: DeviceCodeError | null
}

/** RFC 8628 §3.3. */
export function DeviceCodePage(props: DeviceCodePageProps) {
  const { t, error } = props
  return (
    <Screen frame={props} title={t('device.title')} lead={t('device.lead')} failed={error !== null}>
      <Form action={props.action} csrf={props.csrf}>
        <CodeField
          name="user_code"
          label={t('device.label')}
          hint={t('device.hint')}
          value={props.userCode}
          error={error && t(`device.error.${error}`)}
          kind="letters"
          length={9}
          focus
        />
        <Button>{t('form.next')}</Button>
      </Form>
    </Screen>
  )
}

export interface DeviceConfirmPageProps extends Frame, Posting {
  readonly userCode: string
  readonly applicationName: string
  /** `null`: nobody is signed in yet, that comes next. */
  readonly account: Account | null
  readonly changeUrl: string | null
}

/** RFC 8628 §5.4, remote phishing: the code is shown again and the danger named. Posts `decision=confirm|cancel`. */
export function DeviceConfirmPage(props: DeviceConfirmPageProps) {
  const { t } = props
  return (
    <Screen
      frame={props}
      title={t('device.confirm.title')}
      lead={t.rich('device.confirm.lead', { application: <strong>{props.applicationName}</strong> })}
    >
      <p class="big-code" dir="ltr">
        {props.userCode}
      </p>
      <Alert tone="warning" title={t('device.confirm.warnTitle')}>
        {t('device.confirm.warn')}
      </Alert>
      {props.account ? <ChosenAccount t={t} account={props.account} changeUrl={props.changeUrl} /> : null}
      <Form action={props.action} csrf={props.csrf} hidden={{ user_code: props.userCode }}>
        <Actions>
          <Button name="decision" value="confirm">
            {t('device.confirm.submit')}
          </Button>
          <Button look="secondary" name="decision" value="cancel">
            {t('form.cancel')}
          </Button>
        </Actions>
      </Form>
    </Screen>
  )
}

export interface DeviceDonePageProps extends Frame {
  readonly outcome: 'approved' | 'declined'
  readonly applicationName: string
}

export function DeviceDonePage(props: DeviceDonePageProps) {
  const { t, outcome } = props
  return (
    <Screen
      frame={props}
      title={t(`device.${outcome}.title`)}
      lead={t.rich(`device.${outcome}.lead`, { application: <strong>{props.applicationName}</strong> })}
    />
  )
}
