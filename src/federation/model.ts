import type { HomeTenantId } from '../platform/ids.ts'

/**
 * Somebody who proved who they are, and how. What each kind of proof is worth (which addresses it vouches for,
 * which user object it leads to) is for the caller to decide.
 */
export type ProvenPerson =
  | {
      readonly kind: 'organization'
      readonly homeTenantId: HomeTenantId
      readonly homeObjectId: string
      readonly userPrincipalName: string
      readonly mail: string | null
      readonly displayName: string | null
      /** RFC 8176 methods of the home sign-in, with its time: what the resource tenant may trust (TRU-7). */
      readonly methods: readonly string[]
      readonly signedInAt: Date
    }
  | {
      readonly kind: 'passcode'
      /** Lower case. */
      readonly address: string
      readonly signedInAt: Date
    }
