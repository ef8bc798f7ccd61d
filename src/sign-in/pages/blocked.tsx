import {
  Card,
  List,
  Note,
  SideLinks,
  type TenantBranding,
  type Trace,
  type Translator,
} from '../../platform/pages/index.ts'
import { Contact, SupportDetails } from './problem.tsx'
import { type Frame, Screen } from './screen.tsx'

export interface BlockedPageProps extends Frame {
  /** The resource tenant. */
  readonly tenant: TenantBranding
  readonly trace: Trace
  readonly identifier: string
  /** Which side refused (XTA rules). */
  readonly blockedBy: 'home' | 'resource' | 'both'
  readonly home: { readonly displayName: string; readonly helpContact: string | null }
  /** For example `AADSTS500212`. */
  readonly code: string
  readonly switchUrl: string | null
  /** Back to the application with `access_denied`. */
  readonly returnUrl: string | null
}

/** A policy of one of the two organisations says no: the page says whose, so that people ask the right one. */
export function BlockedPage(props: BlockedPageProps) {
  const { t, tenant, home, blockedBy } = props
  const names = {
    home: <strong>{home.displayName}</strong>,
    resource: <strong>{tenant.displayName}</strong>,
    identifier: props.identifier,
  }
  return (
    <Screen
      frame={{ t, tenant, trace: null }}
      title={t('blocked.title')}
      lead={
        blockedBy === 'resource'
          ? t.rich('blocked.resource', { resource: names.resource, identifier: names.identifier })
          : t.rich(`blocked.${blockedBy}`, names)
      }
    >
      <p>{t('blocked.explain')}</p>
      <Card title={t('blocked.whom')}>
        <List
          items={[
            ...(blockedBy === 'resource'
              ? []
              : [{ key: 'home', content: <Administrator t={t} side="blocked.askHome" of={home} /> }]),
            ...(blockedBy === 'home'
              ? []
              : [
                  {
                    key: 'resource',
                    content: <Administrator t={t} side="blocked.askResource" of={tenant} />,
                  },
                ]),
          ]}
        />
      </Card>
      <SupportDetails t={t} code={props.code} trace={props.trace} />
      <Note>{t('error.copyHint')}</Note>
      <SideLinks
        links={[
          ...(props.switchUrl ? [{ href: props.switchUrl, text: t('blocked.switch') }] : []),
          ...(props.returnUrl ? [{ href: props.returnUrl, text: t('blocked.return') }] : []),
        ]}
      />
    </Screen>
  )
}

interface AdministratorProps {
  readonly t: Translator
  readonly side: 'blocked.askHome' | 'blocked.askResource'
  readonly of: { readonly displayName: string; readonly helpContact: string | null }
}

function Administrator({ t, side, of }: AdministratorProps) {
  return (
    <>
      <p>{t(side, { organization: of.displayName })}</p>
      {of.helpContact ? (
        <p>
          <Contact contact={of.helpContact} />
        </p>
      ) : null}
    </>
  )
}
