import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Keyring, SealBroken } from '../../platform/crypto/keyring.ts'
import { randomToken } from '../../platform/crypto/tokens.ts'
import { readCookie, setCookie } from './cookies.ts'

/** An account that has signed in to this tenant in this browser. */
export interface RememberedAccount {
  /** Random: names the account in forms, and this browser in counters. */
  readonly id: string
  readonly userId: string
  readonly displayName: string | null
  readonly identifier: string
}

/** What a browser keeps of a tenant between sign-ins, sealed so that neither a script nor a thief can read or write it. */
export interface BrowserMemory {
  accounts(): readonly RememberedAccount[]
  rememberAccount(account: Omit<RememberedAccount, 'id'>): void
  /** The answer to "stay signed in?" that was to last. */
  lastingAnswer(): 'yes' | 'no' | null
  rememberAnswer(answer: 'yes' | 'no'): void
}

const MOST_ACCOUNTS = 5
const LIFETIME_SECONDS = 180 * 24 * 3600
const PURPOSE = 'browser-memory'

const remembered = z.array(
  z.object({
    id: z.string(),
    userId: z.string(),
    displayName: z.string().nullable(),
    identifier: z.string(),
  }),
)

export function openBrowserMemory(
  request: FastifyRequest,
  reply: FastifyReply,
  { keyring, baseUrl }: { readonly keyring: Keyring; readonly baseUrl: string },
  tenantId: string,
): BrowserMemory {
  const suffix = tenantId.slice(0, 8)
  const path = `/${tenantId}`
  const keep = (name: string, value: string) =>
    setCookie(reply, baseUrl, { name, value, path, lifetimeSeconds: LIFETIME_SECONDS })
  const accounts = () => readAccounts(readCookie(request, `xenia_accounts_${suffix}`), keyring, tenantId)
  return {
    accounts,
    rememberAccount(account) {
      const known = accounts()
      const id = known.find(({ userId }) => userId === account.userId)?.id ?? randomToken().slice(0, 16)
      const others = known.filter(({ userId }) => userId !== account.userId)
      const value = JSON.stringify([{ id, ...account }, ...others].slice(0, MOST_ACCOUNTS))
      keep(`xenia_accounts_${suffix}`, keyring.seal(PURPOSE, tenantId, value))
    },
    lastingAnswer() {
      const answer = readCookie(request, `xenia_stay_${suffix}`)
      return answer === 'yes' || answer === 'no' ? answer : null
    },
    rememberAnswer: (answer) => keep(`xenia_stay_${suffix}`, answer),
  }
}

function readAccounts(
  cookie: string | null,
  keyring: Keyring,
  tenantId: string,
): readonly RememberedAccount[] {
  if (cookie === null) return []
  try {
    const parsed = remembered.safeParse(JSON.parse(keyring.open(PURPOSE, tenantId, cookie).toString()))
    return parsed.success ? parsed.data : []
  } catch (cause) {
    // Sealed under a key that is gone, or not by us: the browser simply knows nobody.
    if (cause instanceof SealBroken || cause instanceof SyntaxError) return []
    throw cause
  }
}
