import { Alert, Heading, Page, type TenantBranding, type Translator } from '../../platform/pages/index.ts'

export interface ProblemPageProps {
  readonly t: Translator
  readonly tenant: TenantBranding | null
  readonly title: string
  readonly text?: string
}

/** Why there is nothing to see or to do. */
export function ProblemPage({ t, tenant, title, text }: ProblemPageProps) {
  return (
    <Page t={t} tenant={tenant} trace={null} title={title} failed>
      <Heading>{title}</Heading>
      {text === undefined ? null : (
        <Alert tone="warning">
          <p>{text}</p>
        </Alert>
      )}
    </Page>
  )
}
