import type { ComponentChildren } from 'preact'
import {
  Heading,
  Lead,
  Page,
  type PageProps,
  type TenantBranding,
  type Trace,
  type Translator,
} from '../../platform/pages/index.ts'

/** What every page of this folder needs, whatever else it shows. */
export interface Frame {
  readonly t: Translator
  /** The tenant being signed in to; `null` while it is not known (common endpoint). */
  readonly tenant: TenantBranding | null
  readonly trace: Trace | null
}

/** A form of a page: where it posts and the token that proves the page was ours. */
export interface Posting {
  readonly action: string
  readonly csrf: string
}

interface ScreenProps extends Pick<PageProps, 'failed' | 'width' | 'refreshTo' | 'script'> {
  readonly frame: Frame
  readonly title: string
  readonly lead?: ComponentChildren
  readonly children?: ComponentChildren
}

/** A page as all of these begin: its heading, then one sentence on what it is about. */
export function Screen({ frame, title, lead, children, ...page }: ScreenProps) {
  return (
    <Page t={frame.t} tenant={frame.tenant} trace={frame.trace} title={title} {...page}>
      <Heading>{title}</Heading>
      {lead ? <Lead>{lead}</Lead> : null}
      {children}
    </Page>
  )
}
