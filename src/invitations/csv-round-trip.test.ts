import fc from 'fast-check'
import { expect, test } from 'vitest'
import { file, headings, rowsOf, switches, url } from './csv.fixture.ts'
import { bulkColumns, bulkVersion, readBulkFile } from './csv.ts'

const localPart = fc.stringMatching(/^[a-z0-9]{1,12}$/)
const message = fc
  .string({ unit: fc.constantFrom(...'ab ü,;"\n\r\t\'=', '🙂', '\r\n') })
  .map((text) => text.trim())
const wanted = fc.record({ local: localPart, sendMessage: fc.boolean(), message })

/** A compliant writer with its own habits: it quotes what it must, and now and then what it need not. */
const habits = fc.record({
  lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
  mark: fc.constantFrom('', '\ufeff'),
  delimiter: fc.constantFrom(',', ';', '\t'),
  quoteAll: fc.boolean(),
  order: fc.shuffledSubarray(
    ['inviteeEmail', 'inviteRedirectURL', 'sendEmail', 'customizedMessageBody', 'other'],
    {
      minLength: 5,
    },
  ),
  lastBreak: fc.boolean(),
})

test('bulk CSV: whatever a compliant writer wrote reads back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(wanted, { selector: (row) => row.local, minLength: 1 }),
      habits,
      async (rows, how) => {
        const cell = (text: string) =>
          how.quoteAll || /["\r\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
        const line = (cells: Record<string, string>) =>
          how.order.map((key) => cell(cells[key] ?? '')).join(how.delimiter)
        const text = [
          bulkVersion,
          line({ ...bulkColumns, other: 'Team' }),
          ...rows.map((row) =>
            line({
              inviteeEmail: `${row.local}@fabrikam.com`,
              inviteRedirectURL: url,
              sendEmail: String(row.sendMessage),
              customizedMessageBody: row.message,
              other: 'Sales',
            }),
          ),
        ].join(how.lineBreak)
        const readBack = await rowsOf(how.mark + text + (how.lastBreak ? how.lineBreak : ''))
        expect(
          readBack.map(
            (row) =>
              row.kind === 'invitation' && [row.address.local, row.sendMessage, row.customMessage ?? ''],
          ),
        ).toEqual(rows.map((row) => [row.local, row.sendMessage, row.message]))
      },
    ),
  )
})

test('bulk CSV: the order of rows does not change which addresses are invited', async () => {
  const line = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(url, 'nowhere'))
  const addressesOf = async (lines: readonly (readonly [string, string])[]) => {
    const rows = await rowsOf(file(...lines.map(([local, to]) => `${local}@fabrikam.com,${to}`)))
    return new Set(rows.map((row) => (row.kind === 'invitation' ? row.address.text : '')).filter(Boolean))
  }
  const inTwoOrders = fc
    .array(line, { minLength: 1 })
    .chain((lines) => fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })))
  await fc.assert(
    fc.asyncProperty(inTwoOrders, async ([one, other]) => {
      expect(await addressesOf(one)).toEqual(await addressesOf(other))
    }),
  )
})

test('bulk CSV: a broken row hides no good row, wherever the pieces of the upload are cut', async () => {
  const broken = fc.constantFrom('"open', 'x"y,z', '"a"b,c', '"', '""",', 'plain', '"two\nlines"x')
  await fc.assert(
    fc.asyncProperty(
      fc.array(broken),
      fc.array(broken),
      fc.integer({ min: 1, max: 40 }),
      async (before, after, size) => {
        const good = `good@fabrikam.com,${url},true,ok`
        // A last line without quotes ends any quote that broken lines left open among themselves.
        const bytes = Buffer.from(file(...before, 'end,of', good, ...after))
        async function* pieces() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
        }
        const result = await readBulkFile(pieces(), switches)
        if (result.outcome === 'unusable') throw new Error(result.problem.message)
        const quotes = (lines: readonly string[]) => lines.join('\n').split('"').length - 1
        // Quotes that broken lines open and close around the good row make it a part of their text, rightly.
        fc.pre(quotes(before) === 0 || quotes(after) === 0)
        expect(result.rows.some((row) => row.kind === 'invitation' && row.address.local === 'good')).toBe(
          true,
        )
      },
    ),
  )
})

test('bulk CSV: a file of many slices reads like a small one', async () => {
  const text = (n: number) => `line ${n}, "quoted"\r\nand more ${'x'.repeat(n % 97)}`
  const lines = Array.from(
    { length: 2_000 },
    (_, n) => `u${n}@fabrikam.com,${url},true,"${text(n).replaceAll('"', '""')}"`,
  )
  const rows = await rowsOf([bulkVersion, headings, ...lines].join('\r\n'))
  expect(rows).toHaveLength(2_000)
  rows.forEach((row, n) => {
    expect(row).toMatchObject({ customMessage: text(n).trim(), place: { row: n + 3, line: 2 * n + 3 } })
  })
})
