import { z } from 'zod'

/** Of the file's layout, not of the tables in it. */
export const FORMAT_VERSION = 1

/** The first line of the file. */
export const headerShape = z.object({
  format: z.literal('xenia-backup'),
  version: z.int(),
  createdAt: z.iso.datetime(),
  /** Version of the program that wrote it. */
  program: z.string(),
  postgresql: z.string(),
  /** What had run on the database, in order: the shape of the tables in the file. */
  migrations: z.array(z.string()).min(1),
  /** Fingerprint of the master key that vouches for the file. */
  masterKey: z.string(),
})

export type Header = z.output<typeof headerShape>

/** Before the rows of one table. */
export const sectionShape = z.object({ section: z.string(), columns: z.array(z.string()).min(1) })

export type Section = z.output<typeof sectionShape>

/** Before this many bytes of rows, which follow the line directly. */
export const rowsShape = z.object({
  bytes: z
    .int()
    .positive()
    .max(2 ** 30),
})

/** After the rows of one table. */
export const sectionEndShape = z.object({ rows: z.int().min(0), sha256: z.string() })

/** The line before the last. */
export const summaryShape = z.object({
  sections: z.array(z.object({ name: z.string(), rows: z.int().min(0) })),
  /** Fingerprints of the master keys that values in the file are sealed under. */
  sealedUnder: z.array(z.string()),
})

export type Summary = z.output<typeof summaryShape>

/** The last line: a keyed digest of everything before it, so that nobody without the master key can alter a backup. */
export const sealShape = z.object({ mac: z.string() })

export const MAC_PURPOSE = 'backup'

/** No table of ours can be called so. */
export const JOBS_SECTION = 'queue:jobs'
