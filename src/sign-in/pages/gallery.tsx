import type { VNode } from 'preact'
import type { Account, TenantBranding, Trace, Translator } from '../../platform/pages/index.ts'
import { PartsPage } from './gallery-parts.tsx'
import * as pages from './index.ts'

/** One page with sample values, for the tests and for looking at. */
export interface Exhibit {
  /** Also its address in the browser test, so letters, digits and hyphens only. */
  readonly name: string
  readonly show: (t: Translator) => VNode
}

const contoso: TenantBranding = {
  displayName: 'Contoso',
  domain: 'contoso.example',
  privacyStatementUrl: 'https://contoso.example/privacy',
  helpContact: 'servicedesk@contoso.example',
  logoUrl: null,
}

/** A wide logo, as a picture that needs no server. */
const branded: TenantBranding = {
  ...contoso,
  logoUrl:
    'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 36"%3E%3Cpath fill="%23d2714d" d="M0 0h36v36H0zm48 8h72v8H48zm0 12h48v8H48z"/%3E%3C/svg%3E',
}

/** A name that no layout was drawn for: long words, another script in the middle. */
const longTenant: TenantBranding = {
  displayName:
    'Donaudampfschifffahrtsgesellschaftskapitänsverband שלום מערכות of Lower Austria and Upper Bavaria',
  domain: 'donaudampfschifffahrtsgesellschaftskapitaensverband.lower-austria.example',
  privacyStatementUrl: null,
  helpContact: null,
  logoUrl: null,
}

const maria: Account = { displayName: 'Maria Sullivan', identifier: 'maria@fabrikam.example' }
const typed: Account = { displayName: null, identifier: 'maria@fabrikam.example' }
const longPerson: Account = {
  displayName: 'Wolfeschlegelsteinhausenbergerdorff Nebuchadnezzar من المملكة',
  identifier: 'wolfeschlegelsteinhausenbergerdorff.nebuchadnezzar@subsidiary.fabrikam-international.example',
}

const trace: Trace = {
  correlationId: '7e4b6c2a-54d1-4f0e-9a43-0d5f6d8b1c11',
  requestId: '2b1f9c04-6f0c-4b63-8d5a-3f6f2ab11200',
  time: new Date('2026-03-02T09:14:07.250Z'),
}

const posting = { action: '/sample', csrf: 'sample-token' }
const elsewhere = '/elsewhere'
const application = 'Contoso Projects'

const code = { ...posting, codeLength: 8, lifetimeMinutes: 30, changeUrl: elsewhere, resendAction: '/sample' }

const consentRequest = {
  application: {
    name: application,
    publisherName: 'Contoso Research',
    publisherVerified: true,
    termsUrl: 'https://contoso.example/terms',
    privacyUrl: 'https://contoso.example/privacy',
  },
  permissions: [
    {
      id: 'User.Read',
      title: 'Sign you in and read your profile',
      description: 'Your name, job title and email.',
    },
    { id: 'Files.Read', title: 'Read your files', description: null },
    {
      id: 'offline_access',
      title: 'Keep access to what you have given it access to',
      description: 'Also while you are not using the application.',
    },
  ],
  account: maria,
}

const memberships = [
  {
    tenantId: 'a',
    displayName: 'Fabrikam',
    domain: 'fabrikam.example',
    relation: 'home' as const,
    since: null,
    openUrl: elsewhere,
    leaveUrl: null,
  },
  {
    tenantId: 'b',
    displayName: contoso.displayName,
    domain: contoso.domain,
    relation: 'guest' as const,
    since: new Date('2026-02-28T23:30:00Z'),
    openUrl: elsewhere,
    leaveUrl: elsewhere,
  },
  {
    tenantId: 'c',
    displayName: longTenant.displayName,
    domain: longTenant.domain,
    relation: 'guest' as const,
    since: null,
    openUrl: elsewhere,
    leaveUrl: elsewhere,
  },
]

/** Every page of the sign-in, in the order in which people may meet them. */
export const gallery: readonly Exhibit[] = [
  ...identifierExhibits(),
  ...methodExhibits(),
  ...sessionExhibits(),
  ...consentExhibits(),
  ...redemptionExhibits(),
  ...troubleExhibits(),
  ...endExhibits(),
  ...accountExhibits(),
  { name: 'parts', show: (t) => <PartsPage t={t} /> },
]

function frame(t: Translator, tenant: TenantBranding | null = contoso) {
  return { t, tenant, trace }
}

function identifierExhibits(): Exhibit[] {
  const links = { optionsUrl: elsewhere, helpUrl: elsewhere, cancelUrl: null }
  return [
    {
      name: 'identifier',
      show: (t) => (
        <pages.IdentifierPage
          {...frame(t)}
          {...posting}
          {...links}
          identifier=""
          error={null}
          applicationName={application}
        />
      ),
    },
    {
      name: 'identifier-common',
      show: (t) => (
        <pages.IdentifierPage
          {...frame(t, null)}
          {...posting}
          {...links}
          cancelUrl="/elsewhere-too"
          identifier="maria@fabrikam"
          error="malformed"
          applicationName={null}
        />
      ),
    },
    {
      name: 'identifier-long',
      show: (t) => (
        <pages.IdentifierPage
          {...frame(t, longTenant)}
          {...posting}
          {...links}
          identifier={longPerson.identifier}
          error="noWayToSignIn"
          applicationName={longTenant.displayName}
        />
      ),
    },
    {
      name: 'sign-in-options',
      show: (t) => (
        <pages.SignInOptionsPage
          {...frame(t, null)}
          options={[
            { kind: 'organization', url: elsewhere },
            { kind: 'device', url: elsewhere },
          ]}
          backUrl={elsewhere}
        />
      ),
    },
    {
      name: 'find-organization',
      show: (t) => (
        <pages.FindOrganizationPage
          {...frame(t, null)}
          {...posting}
          domain="https://contoso"
          error="malformed"
          backUrl={elsewhere}
        />
      ),
    },
    {
      name: 'home-realm',
      show: (t) => (
        <pages.HomeRealmPage
          {...frame(t)}
          {...posting}
          identifier={maria.identifier}
          changeUrl={elsewhere}
          realms={['work', 'personal']}
          organizationName="Fabrikam"
        />
      ),
    },
  ]
}

function methodExhibits(): Exhibit[] {
  return [
    {
      name: 'password',
      show: (t) => (
        <pages.PasswordPage
          {...frame(t)}
          {...posting}
          account={typed}
          changeUrl={elsewhere}
          error={null}
          forgotUrl={elsewhere}
          useCodeUrl="/elsewhere-too"
        />
      ),
    },
    {
      name: 'new-password',
      show: (t) => (
        <pages.NewPasswordPage {...frame(t)} {...posting} account={maria} error={null} shortestLength={8} />
      ),
    },
    {
      name: 'new-password-mismatch',
      show: (t) => (
        <pages.NewPasswordPage
          {...frame(t, longTenant)}
          {...posting}
          account={longPerson}
          error="mismatch"
          shortestLength={8}
        />
      ),
    },
    {
      name: 'cancelled',
      show: (t) => <pages.CancelledPage {...frame(t)} what="invitation" retryUrl={elsewhere} />,
    },
    {
      name: 'password-wrong',
      show: (t) => (
        <pages.PasswordPage
          {...frame(t, longTenant)}
          {...posting}
          account={longPerson}
          changeUrl={elsewhere}
          error="wrong"
          forgotUrl={null}
          useCodeUrl={null}
        />
      ),
    },
    {
      name: 'send-code',
      show: (t) => (
        <pages.SendCodePage
          {...frame(t)}
          {...posting}
          account={typed}
          changeUrl={elsewhere}
          codeLength={8}
          tooManySends={false}
        />
      ),
    },
    {
      name: 'send-code-too-often',
      show: (t) => (
        <pages.SendCodePage
          {...frame(t)}
          {...posting}
          account={typed}
          changeUrl={elsewhere}
          codeLength={8}
          tooManySends
        />
      ),
    },
    {
      name: 'enter-code',
      show: (t) => <pages.EnterCodePage {...frame(t)} {...code} account={typed} error={null} resend="sent" />,
    },
    {
      name: 'enter-code-wrong',
      show: (t) => (
        <pages.EnterCodePage
          {...frame(t)}
          {...code}
          account={longPerson}
          error="tooManyTries"
          resend="tooMany"
        />
      ),
    },
    {
      name: 'account-locked',
      show: (t) => (
        <pages.AccountLockedPage
          {...frame(t)}
          identifier={maria.identifier}
          waitMinutes={15}
          retryUrl={elsewhere}
          changeUrl={elsewhere}
          useCodeUrl={elsewhere}
        />
      ),
    },
  ]
}

function sessionExhibits(): Exhibit[] {
  return [
    {
      name: 'account-picker',
      show: (t) => (
        <pages.AccountPickerPage
          {...frame(t)}
          {...posting}
          accounts={[
            { ...maria, id: '1', signedIn: true },
            { ...longPerson, id: '2', signedIn: false },
          ]}
          otherUrl={elsewhere}
          applicationName={application}
        />
      ),
    },
    {
      name: 'stay-signed-in',
      show: (t) => <pages.StaySignedInPage {...frame(t, branded)} {...posting} account={maria} />,
    },
  ]
}

function consentExhibits(): Exhibit[] {
  return [
    {
      name: 'consent',
      show: (t) => (
        <pages.ConsentPage
          {...frame(t)}
          {...posting}
          {...consentRequest}
          tenant={contoso}
          changeUrl={elsewhere}
          reach="self"
        />
      ),
    },
    {
      name: 'consent-administrator',
      show: (t) => (
        <pages.ConsentPage
          {...frame(t)}
          {...posting}
          {...consentRequest}
          application={{
            name: longTenant.displayName,
            publisherName: null,
            publisherVerified: false,
            termsUrl: 'javascript:alert(1)',
            privacyUrl: null,
          }}
          tenant={contoso}
          changeUrl={null}
          reach="choice"
        />
      ),
    },
    {
      name: 'consent-admin-approval',
      show: (t) => (
        <pages.AdminApprovalPage
          {...frame(t)}
          {...consentRequest}
          tenant={contoso}
          switchUrl={elsewhere}
          returnUrl="/elsewhere-too"
        />
      ),
    },
  ]
}

function redemptionExhibits(): Exhibit[] {
  return [
    {
      name: 'review-permissions',
      show: (t) => (
        <pages.ReviewPermissionsPage
          {...frame(t)}
          {...posting}
          tenant={contoso}
          account={maria}
          shared={['name', 'mail', 'photo', 'identifiers']}
          inviterName="Adele Vance"
          switchUrl={elsewhere}
        />
      ),
    },
    {
      name: 'review-permissions-long',
      show: (t) => (
        <pages.ReviewPermissionsPage
          {...frame(t)}
          {...posting}
          tenant={longTenant}
          account={longPerson}
          shared={['name', 'mail', 'identifiers']}
          inviterName={null}
          switchUrl={null}
        />
      ),
    },
    {
      name: 'wrong-account',
      show: (t) => (
        <pages.WrongAccountPage
          {...frame(t)}
          {...posting}
          tenant={contoso}
          current={{ displayName: 'Miriam Graham', identifier: 'miriam@fabrikam.example' }}
          invitedAddress={maria.identifier}
          mayProve
        />
      ),
    },
    {
      name: 'invitation-used',
      show: (t) => (
        <pages.InvitationUsedPage
          {...frame(t)}
          tenant={contoso}
          account={maria}
          continueUrl={elsewhere}
          destinationName={application}
        />
      ),
    },
    {
      name: 'invitation-expired',
      show: (t) => (
        <pages.InvitationUnavailablePage
          {...frame(t)}
          reason="expired"
          inviterContact="adele@contoso.example"
        />
      ),
    },
    {
      name: 'invitation-unknown',
      show: (t) => (
        <pages.InvitationUnavailablePage {...frame(t, null)} reason="unknown" inviterContact={null} />
      ),
    },
  ]
}

function troubleExhibits(): Exhibit[] {
  return [
    {
      name: 'blocked',
      show: (t) => (
        <pages.BlockedPage
          {...frame(t)}
          tenant={contoso}
          trace={trace}
          identifier={maria.identifier}
          blockedBy="both"
          home={{ displayName: 'Fabrikam', helpContact: '+49 30 901820' }}
          code="AADSTS500212"
          switchUrl={elsewhere}
          returnUrl="/elsewhere-too"
        />
      ),
    },
    {
      name: 'error',
      show: (t) => (
        <pages.ErrorPage
          {...frame(t)}
          message="The account maria@fabrikam.example does not exist in Contoso. Ask there for an invitation first."
          title={null}
          code="AADSTS50020"
          trace={trace}
          helpContact={null}
          retryUrl={elsewhere}
          switchUrl={null}
          returnUrl={elsewhere}
        />
      ),
    },
    {
      name: 'error-nobody-known',
      show: (t) => (
        <pages.ErrorPage
          {...frame(t, null)}
          message="Something went wrong on our side."
          title={null}
          code="AADSTS90033"
          trace={trace}
          helpContact={null}
          retryUrl={null}
          switchUrl={null}
          returnUrl={elsewhere}
        />
      ),
    },
    {
      name: 'session-expired',
      show: (t) => <pages.SessionExpiredPage {...frame(t)} restartUrl={elsewhere} />,
    },
  ]
}

function endExhibits(): Exhibit[] {
  return [
    {
      name: 'sign-out',
      show: (t) => <pages.SignOutPage {...frame(t)} {...posting} account={maria} cancelUrl={elsewhere} />,
    },
    {
      name: 'signed-out',
      show: (t) => (
        <pages.SignedOutPage
          {...frame(t)}
          signInUrl={elsewhere}
          application={{ name: application, url: elsewhere }}
        />
      ),
    },
    {
      name: 'device-code',
      show: (t) => <pages.DeviceCodePage {...frame(t, null)} {...posting} userCode="" error={null} />,
    },
    {
      name: 'device-code-wrong',
      show: (t) => (
        <pages.DeviceCodePage {...frame(t, null)} {...posting} userCode="BCDF-1234" error="unknown" />
      ),
    },
    {
      name: 'device-confirm',
      show: (t) => (
        <pages.DeviceConfirmPage
          {...frame(t)}
          {...posting}
          userCode="BCDF-GHJK"
          applicationName="Contoso command line"
          account={maria}
          changeUrl={elsewhere}
        />
      ),
    },
    {
      name: 'device-approved',
      show: (t) => (
        <pages.DeviceDonePage {...frame(t)} outcome="approved" applicationName="Contoso command line" />
      ),
    },
    {
      name: 'device-declined',
      show: (t) => (
        <pages.DeviceDonePage {...frame(t)} outcome="declined" applicationName="Contoso command line" />
      ),
    },
    {
      name: 'leaving',
      show: (t) => (
        <pages.LeavingPage
          {...frame(t)}
          url="http://127.0.0.1:1/app?a=1&b=%27"
          destinationName={application}
        />
      ),
    },
    {
      name: 'form-post',
      show: (t) => (
        <pages.FormPostPage
          {...frame(t)}
          action="https://app.contoso.example/signin-oidc"
          fields={{ code: 'sample', state: '"><script>alert(1)</script>' }}
          destinationName={application}
        />
      ),
    },
  ]
}

function accountExhibits(): Exhibit[] {
  const applications = [
    { name: application, url: elsewhere },
    { name: 'Contoso Library', url: '/elsewhere-too' },
  ]
  return [
    {
      name: 'my-organizations',
      show: (t) => (
        <pages.MyOrganizationsPage
          {...frame(t, null)}
          {...posting}
          account={maria}
          memberships={memberships}
          applications={applications}
        />
      ),
    },
    {
      name: 'my-organizations-none',
      show: (t) => (
        <pages.MyOrganizationsPage
          {...frame(t, null)}
          {...posting}
          account={maria}
          memberships={memberships.slice(0, 1)}
          applications={[]}
        />
      ),
    },
    {
      name: 'mailbox',
      show: (t) => (
        <pages.MailboxPage
          {...frame(t, null)}
          {...posting}
          address="maria@@fabrikam.example"
          error="malformed"
          tooManySends={false}
        />
      ),
    },
    {
      name: 'mailbox-code',
      show: (t) => (
        <pages.MailboxCodePage {...frame(t, null)} {...code} account={typed} error="wrong" resend="none" />
      ),
    },
    {
      name: 'invitation-senders',
      show: (t) => (
        <pages.InvitationSendersPage
          {...frame(t, null)}
          {...posting}
          address={maria.identifier}
          senders={memberships.map(({ tenantId, displayName, domain, since }) => ({
            tenantId,
            displayName,
            domain,
            blockedSince: since,
          }))}
          done={{ kind: 'blocked', displayName: contoso.displayName }}
        />
      ),
    },
    {
      name: 'invitation-senders-none',
      show: (t) => (
        <pages.InvitationSendersPage
          {...frame(t, null)}
          {...posting}
          address={maria.identifier}
          senders={[]}
          done={null}
        />
      ),
    },
  ]
}
