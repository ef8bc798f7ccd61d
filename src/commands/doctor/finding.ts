/** What one check found. Whatever is not well comes with what to do. */
export type Finding =
  | { readonly check: string; readonly status: 'ok' | 'skipped'; readonly detail: string }
  | {
      readonly check: string
      readonly status: 'warning' | 'failed'
      readonly detail: string
      readonly remedy: string
    }

export const ok = (check: string, detail: string): Finding => ({ check, status: 'ok', detail })

export const skipped = (check: string, why: string): Finding => ({ check, status: 'skipped', detail: why })

export const warning = (check: string, detail: string, remedy: string): Finding => ({
  check,
  status: 'warning',
  detail,
  remedy,
})

export const failed = (check: string, detail: string, remedy: string): Finding => ({
  check,
  status: 'failed',
  detail,
  remedy,
})

/** Nobody waits for a host that swallows everything. */
export const PATIENCE_MILLISECONDS = 5_000
export const DAY_MILLISECONDS = 86_400_000
