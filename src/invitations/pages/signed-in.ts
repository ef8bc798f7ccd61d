import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Tenant } from '../../tenants/index.ts'
import type { InvitationDependencies } from '../dependencies.ts'

/** Somebody who is signed in to the tenant in this browser. */
export interface SignedInPerson {
  readonly userId: string
  /** For the forms of pages that this person sees. */
  readonly csrf: string
  /** Is the request a form that one of those pages posted? Its body is a `URLSearchParams`. */
  isOurForm(request: FastifyRequest): boolean
}

/**
 * Who is signed in. `null`: the browser has been sent to sign in and comes back to `returnTo`, a path of ours; the
 * caller answers nothing. Passed in, since sign-in stands after invitations.
 */
export type RequireSignedIn = (
  request: FastifyRequest,
  reply: FastifyReply,
  tenant: Tenant,
  returnTo: string,
) => Promise<SignedInPerson | null>

export interface InvitationPageDependencies {
  readonly invitations: InvitationDependencies
  readonly requireSignedIn: RequireSignedIn
}
