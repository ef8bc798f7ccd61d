import { randomBytes } from 'node:crypto'
import type { PendingSignIn, SignedIn } from './sign-in.ts'

export type Session =
  | { readonly kind: 'signingIn'; readonly pending: PendingSignIn }
  | ({ readonly kind: 'signedIn' } & SignedIn)

/** Who is signed in, in memory: a restart signs everybody out, which a demonstration may do. */
export interface Sessions {
  find(cookieHeader: string | undefined): Session | null
  /** Replaces the browser's session under a new id, so that an old one is worth nothing. Returns `Set-Cookie`. */
  begin(cookieHeader: string | undefined, session: Session): string
  /** Returns `Set-Cookie`. */
  end(cookieHeader: string | undefined): string
}

const MOST = 1_000

/** `name`: applications on one computer share its cookies, whatever their ports. */
export function createSessions(name: string, secure: boolean): Sessions {
  const sessions = new Map<string, Session>()
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`

  const idOf = (header: string | undefined): string | null => {
    for (const part of (header ?? '').split(';')) {
      const [key, value] = part.trim().split('=')
      if (key === name && value !== undefined) return value
    }
    return null
  }
  const forget = (header: string | undefined): void => {
    const id = idOf(header)
    if (id !== null) sessions.delete(id)
  }

  return {
    find: (header) => sessions.get(idOf(header) ?? '') ?? null,
    begin(header, session) {
      forget(header)
      const [oldest] = sessions.keys()
      if (sessions.size >= MOST && oldest !== undefined) sessions.delete(oldest)
      const id = randomBytes(32).toString('base64url')
      sessions.set(id, session)
      return `${name}=${id}; ${attributes}`
    },
    end(header) {
      forget(header)
      return `${name}=; Max-Age=0; ${attributes}`
    },
  }
}
