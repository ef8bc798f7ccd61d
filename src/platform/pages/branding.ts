/** What a page shows of the tenant it belongs to. */
export interface TenantBranding {
  readonly displayName: string
  /** The primary verified domain: shown so that a look-alike name does not deceive. */
  readonly domain: string
  /** `organization.privacyProfile.statementUrl`. */
  readonly privacyStatementUrl: string | null
  /** Whom people may ask: a mail address, a web address or a plain text such as a phone number. */
  readonly helpContact: string | null
  /** On our own origin (the CSP allows no other); `null` shows initials. */
  readonly logoUrl: string | null
}

/** What support needs to find this moment in the logs. */
export interface Trace {
  readonly correlationId: string
  readonly requestId: string | null
  readonly time: Date
}
