import type { ComponentChildren } from 'preact'
import {
  Alert,
  type Asset,
  Heading,
  Lead,
  Page,
  type TenantBranding,
  type Trace,
  type Translator,
} from '../../platform/pages/index.ts'

/** What every page here needs, whatever else it shows. */
export interface Frame {
  readonly t: Translator
  readonly tenant: TenantBranding
  readonly trace: Trace
  readonly paths: AdminPaths
  /** For its forms. */
  readonly csrf: string
}

/** Where things are, in one tenant. */
export interface AdminPaths {
  readonly list: string
  readonly invite: string
  readonly bulk: string
  readonly template: string
  readonly check: string
  resend(id: string): string
  revoke(id: string): string
  upload(id: string): string
  results(id: string): string
}

export function adminPaths(tenantId: string): AdminPaths {
  const list = `/${tenantId}/admin/invitations`
  const bulk = `${list}/bulk`
  return {
    list,
    invite: `${list}/new`,
    bulk,
    template: `${bulk}/template.csv`,
    check: `${bulk}/check`,
    resend: (id) => `${list}/${id}/resend`,
    revoke: (id) => `${list}/${id}/revoke`,
    upload: (id) => `${bulk}/${id}`,
    results: (id) => `${bulk}/${id}/results.csv`,
  }
}

interface ScreenProps {
  readonly frame: Frame
  readonly title: string
  readonly lead?: string
  readonly failed?: boolean
  readonly script?: Asset
  readonly children?: ComponentChildren
}

/** A page of the administration: wide, its heading, then one sentence on what it is about. */
export function Screen({ frame, title, lead, failed = false, script, children }: ScreenProps) {
  return (
    <Page
      t={frame.t}
      tenant={frame.tenant}
      trace={frame.trace}
      title={title}
      width="wide"
      failed={failed}
      {...(script === undefined ? {} : { script })}
    >
      <Heading>{title}</Heading>
      {lead === undefined ? null : <Lead>{lead}</Lead>}
      {children}
    </Page>
  )
}

/** What a service refused, in its own words: they say what to do next. */
export function Refused({ frame, message }: { readonly frame: Frame; readonly message: string | null }) {
  return message === null ? null : (
    <Alert tone="danger" title={frame.t('invitations.refused')}>
      <p>{message}</p>
    </Alert>
  )
}
