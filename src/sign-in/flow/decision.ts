import type { Reason } from '../../platform/errors.ts'
import type { RefusalKind, Stage } from './model.ts'

/** The next stage and why. */
export interface Decision {
  readonly stage: Stage
  readonly because: readonly Reason[]
}

export const decided = (stage: Stage, rule: string, message: string): Decision => ({
  stage,
  because: [{ rule, message }],
})

export function refused(
  why: RefusalKind,
  about: {
    readonly identifier?: string | null
    readonly userId?: string | null
    readonly homeTenantId?: string | null
  } = {},
): Extract<Stage, { readonly kind: 'refused' }> {
  return {
    kind: 'refused',
    why,
    identifier: about.identifier ?? null,
    userId: about.userId ?? null,
    homeTenantId: about.homeTenantId ?? null,
  }
}
