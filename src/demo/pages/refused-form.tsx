import { ButtonLink } from '../../platform/pages/index.ts'
import { homePath } from '../paths.ts'
import { Screen, type Speaking } from './screen.tsx'

/** A form that did not come from these pages, or from another address of this computer. */
export function RefusedFormPage({ t, baseUrl }: Speaking & { readonly baseUrl: string }) {
  return (
    <Screen
      t={t}
      title="This form was not sent from here"
      lead={`Nothing was changed. Open the page at ${baseUrl} and try again.`}
    >
      <ButtonLink href={`${baseUrl}${homePath}`}>Open the first page</ButtonLink>
    </Screen>
  )
}
