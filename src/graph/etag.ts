import { PreconditionFailed } from '../platform/errors.ts'

/**
 * GRA-35: refuses a write whose `If-Match` names another version than `current`. No header, or `*`, matches. Compared
 * as sent, weak or strong: the clients of Graph send back what they were given.
 */
export function requireMatch(headers: Readonly<Record<string, string>>, current: string): void {
  const asked = headers['if-match']
  if (asked === undefined || asked.trim() === '*') return
  const tags = asked.split(',').map((tag) => tag.trim())
  if (!tags.includes(current)) {
    throw new PreconditionFailed(
      'The object has been changed since it was read. Read it again and repeat the change.',
    )
  }
}
