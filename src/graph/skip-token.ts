import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../platform/clock.ts'
import { Invalid } from '../platform/errors.ts'
import type { PageKey } from './page.ts'

/** A token works only for the request that it continues. */
export interface TokenBinding {
  readonly tenantId: string
  /** Path below the version, as asked. */
  readonly path: string
  /** Every `$option` of the request except `$skiptoken`. */
  readonly options: ReadonlyMap<string, string>
}

export interface SkipTokens {
  issue(binding: TokenBinding, next: PageKey): string
  /** Throws `Directory_ExpiredPageToken` for anything that is not a living token of this binding. */
  open(binding: TokenBinding, token: string): PageKey
}

// GRA-16 (P).
const LIFETIME_MILLISECONDS = 24 * 60 * 60 * 1000
const MAC_BYTES = 16

/** Opaque page tokens, authenticated with `key` (32 bytes, the same on every node) and alive for 24 hours. */
export function createSkipTokens(key: Uint8Array, clock: Clock): SkipTokens {
  const mac = (binding: TokenBinding, payload: Buffer): Buffer => {
    const options = [...binding.options]
      .filter(([name]) => name !== '$skiptoken')
      .sort(([a], [b]) => (a < b ? -1 : 1))
    // JSON keeps the parts apart: no two bindings write the same text.
    const bound = JSON.stringify([binding.tenantId, binding.path.toLowerCase(), options])
    return createHmac('sha256', key)
      .update(bound)
      .update('\n')
      .update(payload)
      .digest()
      .subarray(0, MAC_BYTES)
  }

  return {
    issue(binding, next) {
      const expires = Math.floor((clock.now().getTime() + LIFETIME_MILLISECONDS) / 1000)
      const payload = Buffer.from(JSON.stringify([expires, next.id, ...next.values]))
      return Buffer.concat([mac(binding, payload), payload]).toString('base64url')
    },
    open(binding, token) {
      const bytes = Buffer.from(token, 'base64url')
      const payload = bytes.subarray(MAC_BYTES)
      const given = bytes.subarray(0, MAC_BYTES)
      if (given.length !== MAC_BYTES || !timingSafeEqual(given, mac(binding, payload))) throw expired()
      const [expires, id, ...values] = readPayload(payload)
      if (typeof expires !== 'number' || typeof id !== 'string' || expires * 1000 <= clock.now().getTime())
        throw expired()
      return { id, values: values.map((value) => (typeof value === 'string' ? value : null)) }
    },
  }
}

function readPayload(payload: Buffer): readonly unknown[] {
  const value: unknown = JSON.parse(payload.toString())
  return Array.isArray(value) ? value : []
}

const expired = () =>
  new Invalid(
    'The page token is expired or does not belong to this request. Start again without $skiptoken.',
    {
      code: 'Directory_ExpiredPageToken',
    },
  )
