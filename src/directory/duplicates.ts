import { Invalid } from '../platform/errors.ts'

/**
 * Another object has this value already: 400 (GRA-11). `property` is the Graph name.
 */
export class DuplicateValue extends Invalid {
  readonly property: string
  constructor(property: string, cause?: unknown) {
    super(`Another object with the same value for property ${property} already exists.`, {
      details: [{ code: 'ObjectConflict', message: `The value of ${property} is taken.`, target: property }],
      ...(cause !== undefined && { cause }),
    })
    this.property = property
  }
}

// The indexes that make a value unique, and the property that each guards.
const guarded: Readonly<Record<string, string>> = {
  users_user_principal_name: 'userPrincipalName',
  user_addresses_one_proxy: 'proxyAddresses',
  user_identities_pkey: 'identities',
  groups_unique_name: 'uniqueName',
}

/** Turns the refusal of a unique index into `DuplicateValue`. The transaction is lost either way. */
export async function orDuplicate<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const property = duplicateOf(error)
    throw property === undefined ? error : new DuplicateValue(property, error)
  }
}

function duplicateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return undefined
  // 23505: unique_violation
  if (error.code !== '23505' || typeof error.constraint !== 'string') return undefined
  return guarded[error.constraint]
}
