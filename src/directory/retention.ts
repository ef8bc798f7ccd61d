/** Deleted objects can be restored for this long (GRA-56). */
export const RETENTION_DAYS = 30

/** The earliest time of deletion that can still be undone. */
export const restorableSince = (now: Date): Date => new Date(now.getTime() - RETENTION_DAYS * 86_400_000)
