/**
 * The tables, as Kysely sees them. Each module adds its own beside its store:
 *
 *     declare module '../platform/database/schema.ts' {
 *       interface Schema { users: UserTable }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: modules add their tables by declaration merging.
export interface Schema {}
