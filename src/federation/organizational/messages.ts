import type { JWK } from 'jose'
import { z } from 'zod'
import { findAccountForSignIn, findById, isExternal } from '../../directory/index.ts'
import type { Keyring } from '../../platform/crypto/keyring.ts'
import type { Deployment } from '../../platform/deployment.ts'
import { findTenant, loadSigningKeys, type MessageHandler } from '../../tenants/index.ts'
import { callbackAddress, relyingPartyId } from './addresses.ts'

declare module '../../tenants/port.ts' {
  interface TenantMessages {
    /** Home asks resource: who are you, who wants to send people to me? (Design, idea 3.) */
    relyingPartyMetadata: { question: Record<string, never>; answer: RelyingParty }
    /** Resource asks home: does this address sign in with you? RED-4 (1). */
    findAccount: { question: { address: string }; answer: { found: boolean } }
    /** Resource asks home: is this address one of this person's? RED-10. One address at a time, so nobody can list. */
    ownsAddress: { question: { homeObjectId: string; address: string }; answer: { owns: boolean } }
  }
}

/** A tenant as OpenID relying party of another. */
export interface RelyingParty {
  readonly clientId: string
  readonly displayName: string
  readonly redirectUri: string
  /** For `private_key_jwt` (RFC 7523): its token signing keys, public parts. */
  readonly publicKeys: readonly JWK[]
}

export const answerRelyingPartyMetadata = (
  deployment: Deployment,
): MessageHandler<'relyingPartyMetadata'> => ({
  name: 'relyingPartyMetadata',
  question: z.object({}).strict() as z.ZodType<Record<string, never>>,
  async answer(ctx) {
    const tenant = await deployment.database.platform.transaction((tx) => findTenant(tx, ctx.tenantId))
    if (tenant === null) throw new Error('This tenant does not exist.')
    return {
      clientId: relyingPartyId(deployment.baseUrl, ctx.tenantId),
      displayName: tenant.displayName,
      redirectUri: callbackAddress(deployment.baseUrl, ctx.tenantId),
      publicKeys: (await loadSigningKeys(ctx, keyringOf(deployment))).published.map(({ privateJwk }) =>
        publicPart(privateJwk),
      ),
    }
  },
})

const keyringOf = (deployment: Deployment): Keyring => deployment.keyring

const publicPart = ({ kty, n, e, kid, alg, use }: JWK): JWK => ({
  ...(kty === undefined ? {} : { kty }),
  ...(n === undefined ? {} : { n }),
  ...(e === undefined ? {} : { e }),
  ...(kid === undefined ? {} : { kid }),
  ...(alg === undefined ? {} : { alg }),
  ...(use === undefined ? {} : { use }),
})

const address = z.string().min(3).max(320)

export const answerFindAccount: MessageHandler<'findAccount'> = {
  name: 'findAccount',
  question: z.object({ address }).strict(),
  async answer(ctx, _from, question) {
    const account = await ctx.db.transaction((tx) => findAccountForSignIn(tx, question.address))
    // Guests of this tenant have their account elsewhere. A disabled account is found: only its owner learns that.
    return { found: account !== null && !isExternal(account.user) }
  },
}

export const answerOwnsAddress: MessageHandler<'ownsAddress'> = {
  name: 'ownsAddress',
  question: z.object({ homeObjectId: z.guid(), address }).strict(),
  async answer(ctx, _from, question) {
    const user = await ctx.db.transaction((tx) => findById(tx, question.homeObjectId))
    if (user === null || user.deletedDateTime !== null || isExternal(user)) return { owns: false }
    const wanted = question.address.toLowerCase()
    // RED-10: UPN, mail or proxy address. Other mails are the person's own claim and prove nothing.
    const own = [
      user.userPrincipalName,
      user.mail ?? '',
      ...user.proxyAddresses.map((proxy) => proxy.replace(/^smtp:/i, '')),
    ]
    return { owns: own.some((candidate) => candidate.toLowerCase() === wanted) }
  },
}
