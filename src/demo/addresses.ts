import { type Organisation, organisations } from './cast.ts'

/** Where the example application of a tenant listens and where sign-ins to it end. */
export interface ApplicationAddresses {
  readonly origin: string
  readonly redirectUris: readonly string[]
}

/** Microsoft's samples listen here; with it they sign in to every demo application as they stand. */
const SAMPLE_REDIRECT_URI = 'http://localhost:3000/redirect'

/** Every application has an origin of its own, as companies do: the first one's port, and the next ones. */
export function addressesOf(applicationOrigin: string, organisation: Organisation): ApplicationAddresses {
  const url = new URL(applicationOrigin)
  const standard = url.protocol === 'https:' ? 443 : 80
  url.port = String(Number(url.port || standard) + organisations.indexOf(organisation))
  const { origin } = url
  return { origin, redirectUris: [`${origin}/callback`, `${origin}/signed-out`, SAMPLE_REDIRECT_URI] }
}
