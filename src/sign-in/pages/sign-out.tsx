import { type Account, Actions, Button, ButtonLink, Form, SideLinks } from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export interface SignOutPageProps extends Frame, Posting {
  readonly account: Account | null
  readonly cancelUrl: string | null
}

/** Asked when a sign-out request does not prove that it comes from an application of this session. */
export function SignOutPage(props: SignOutPageProps) {
  const { t } = props
  return (
    <Screen frame={props} title={t('signOut.title')} lead={t('signOut.lead')}>
      {props.account ? <ChosenAccount t={t} account={props.account} changeUrl={null} /> : null}
      <Form action={props.action} csrf={props.csrf}>
        <Actions>
          <Button name="decision" value="signOut">
            {t('signOut.submit')}
          </Button>
          {props.cancelUrl ? (
            <ButtonLink look="secondary" href={props.cancelUrl}>
              {t('signOut.stay')}
            </ButtonLink>
          ) : null}
        </Actions>
      </Form>
    </Screen>
  )
}

export interface SignedOutPageProps extends Frame {
  readonly signInUrl: string | null
  readonly application: { readonly name: string; readonly url: string } | null
}

export function SignedOutPage(props: SignedOutPageProps) {
  const { t, application } = props
  return (
    <Screen frame={props} title={t('signedOut.title')} lead={t('signedOut.lead')}>
      {props.signInUrl ? <ButtonLink href={props.signInUrl}>{t('signedOut.again')}</ButtonLink> : null}
      {application ? (
        <SideLinks
          links={[{ href: application.url, text: t('signedOut.return', { application: application.name }) }]}
        />
      ) : null}
    </Screen>
  )
}
