import type { ComponentChildren } from 'preact'
import {
  type Account,
  Actions,
  Alert,
  Button,
  Checkbox,
  Form,
  List,
  Monogram,
  Note,
  SideLinks,
  type TenantBranding,
  type Translator,
  webAddress,
} from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { Contact } from './problem.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export interface RequestingApplication {
  readonly name: string
  readonly publisherName: string | null
  readonly publisherVerified: boolean
  readonly termsUrl: string | null
  readonly privacyUrl: string | null
}

/** One permission in plain words; the words come from the resource's own scope (`userConsentDisplayName`). */
export interface RequestedPermission {
  readonly id: string
  readonly title: string
  readonly description: string | null
}

export interface ConsentPageProps extends Frame, Posting {
  readonly tenant: TenantBranding
  readonly application: RequestingApplication
  readonly permissions: readonly RequestedPermission[]
  readonly account: Account
  readonly changeUrl: string | null
  /** `self`: for this person. `choice`: an administrator may tick "for everyone". `everyone`: admin consent. */
  readonly reach: 'self' | 'choice' | 'everyone'
}

/** Posts `decision=accept|cancel` and, for `choice`, `forOrganization=on`. */
export function ConsentPage(props: ConsentPageProps) {
  const { t, application, tenant, reach } = props
  const name = <strong>{application.name}</strong>
  return (
    <Screen frame={props} title={t('consent.title')}>
      <ApplicationTile t={t} application={application} />
      <p>
        {reach === 'everyone'
          ? t.rich('consent.leadOrganization', { application: name, organization: tenant.displayName })
          : t.rich('consent.lead', { application: name })}
      </p>
      <Permissions permissions={props.permissions} />
      {application.publisherVerified ? null : (
        <Alert tone="warning" title={t('consent.unverifiedTitle')}>
          {t('consent.unverified')}
        </Alert>
      )}
      <ChosenAccount t={t} account={props.account} changeUrl={props.changeUrl} />
      <Form action={props.action} csrf={props.csrf}>
        {reach === 'choice' ? (
          <Checkbox
            name="forOrganization"
            label={t('consent.forOrganization', { organization: tenant.displayName })}
            hint={t('consent.forOrganizationHint')}
          />
        ) : null}
        <Actions>
          <Button name="decision" value="accept">
            {t('form.accept')}
          </Button>
          <Button look="secondary" name="decision" value="cancel">
            {t('form.cancel')}
          </Button>
        </Actions>
      </Form>
      <Note>{t('consent.explain', { application: application.name })}</Note>
      <Papers t={t} application={application} />
    </Screen>
  )
}

export interface AdminApprovalPageProps extends Frame {
  readonly tenant: TenantBranding
  readonly application: RequestingApplication
  readonly permissions: readonly RequestedPermission[]
  readonly account: Account
  /** Sign in as an administrator and come back to the consent page. */
  readonly switchUrl: string
  /** Back to the application with `access_denied`. */
  readonly returnUrl: string | null
}

/** The application wants what this person may not give. */
export function AdminApprovalPage(props: AdminApprovalPageProps) {
  const { t, application, tenant, returnUrl } = props
  const organization = tenant.displayName
  return (
    <Screen frame={props} title={t('consent.admin.title')}>
      <ApplicationTile t={t} application={application} />
      <p>
        {t.rich('consent.admin.lead', { application: <strong>{application.name}</strong>, organization })}
      </p>
      <Permissions permissions={props.permissions} />
      <p>
        {tenant.helpContact
          ? t.rich('consent.admin.ask', {
              contact: <Contact contact={tenant.helpContact} />,
              application: application.name,
            })
          : t('consent.admin.askUnknown', { organization, application: application.name })}
      </p>
      <ChosenAccount t={t} account={props.account} changeUrl={null} />
      <SideLinks
        links={[
          { href: props.switchUrl, text: t('consent.admin.isAdmin') },
          ...(returnUrl
            ? [{ href: returnUrl, text: t('consent.admin.return', { application: application.name }) }]
            : []),
        ]}
      />
    </Screen>
  )
}

interface ApplicationProps {
  readonly t: Translator
  readonly application: RequestingApplication
}

function ApplicationTile({ t, application }: ApplicationProps) {
  const { publisherName: publisher } = application
  const named = application.publisherVerified ? 'consent.verified' : 'consent.publisher'
  return (
    <div class="tile">
      <Monogram name={application.name} square />
      <span class="tile-text">
        <span class="tile-name">{application.name}</span>
        <span class="tile-line">{publisher ? t(named, { publisher }) : t('consent.unknownPublisher')}</span>
      </span>
    </div>
  )
}

function Permissions({ permissions }: { readonly permissions: readonly RequestedPermission[] }) {
  const content = ({ title, description }: RequestedPermission): ComponentChildren => (
    <>
      <p class="item-title">{title}</p>
      {description ? <p class="item-text">{description}</p> : null}
    </>
  )
  return (
    <List
      look="checks"
      items={permissions.map((permission) => ({ key: permission.id, content: content(permission) }))}
    />
  )
}

function Papers({ t, application }: ApplicationProps) {
  const terms = webAddress(application.termsUrl)
  const privacy = webAddress(application.privacyUrl)
  return (
    <SideLinks
      links={[
        ...(terms ? [{ href: terms, text: t('consent.terms', { application: application.name }) }] : []),
        ...(privacy
          ? [{ href: privacy, text: t('consent.privacy', { application: application.name }) }]
          : []),
      ]}
    />
  )
}
