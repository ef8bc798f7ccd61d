import type { ComponentChildren } from 'preact'
import { Heading, Lead, Page, type Translator } from '../../platform/pages/index.ts'

export interface Speaking {
  /** English: these pages are for developers. The page kit's own words come from it. */
  readonly t: Translator
}

interface ScreenProps extends Speaking {
  readonly title: string
  readonly lead?: ComponentChildren
  readonly failed?: boolean
  readonly children?: ComponentChildren
}

/** A page of the demo: of no tenant, and wide. */
export function Screen({ t, title, lead, failed = false, children }: ScreenProps) {
  return (
    <Page t={t} title={title} tenant={null} trace={null} width="wide" failed={failed}>
      <Heading>{title}</Heading>
      {lead ? <Lead>{lead}</Lead> : null}
      {children}
    </Page>
  )
}
