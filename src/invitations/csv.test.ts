import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BulkFile,
  type BulkRow,
  bulkColumns,
  bulkLimits,
  bulkVersion,
  readBulkFile,
  readBulkRows,
} from './csv.ts'
import { bulkResults, bulkTemplate } from './csv-writing.ts'

const switches = { allowPlusAddressing: false }
const headings = Object.values(bulkColumns).join(',')
const url = 'https://app.contoso.com/'

const read = (text: string | Uint8Array): Promise<BulkFile> => readBulkFile([Buffer.from(text)], switches)

/** A file with the two fixed rows and these lines. */
const file = (...lines: string[]): string => [bulkVersion, headings, ...lines].join('\n')

async function rowsOf(text: string | Uint8Array): Promise<readonly BulkRow[]> {
  const result = await read(text)
  if (result.outcome === 'unusable') throw new Error(result.problem.message)
  return result.rows
}

const brief = (rows: readonly BulkRow[]) =>
  rows.map((row) =>
    row.kind === 'invitation'
      ? `${row.place.row} ${row.address.text}`
      : `${row.place.row} bad: ${row.problems.map((problem) => problem.message).join(' ')}`,
  )

test('INV-12: a row becomes an invitation; the mail goes only where the row says true', async () => {
  const rows = await rowsOf(
    file(
      `ann@fabrikam.com,${url},TRUE,Welcome`,
      `bob@fabrikam.com,${url},false,`,
      `cy@fabrikam.com,${url}`,
      `dee@fabrikam.com,${url},WAHR,`,
    ),
  )
  expect(rows).toMatchObject([
    {
      kind: 'invitation',
      sendMessage: true,
      customMessage: 'Welcome',
      redirectUrl: url,
      place: { line: 3, row: 3 },
    },
    { sendMessage: false, customMessage: null },
    { sendMessage: false, customMessage: null },
    { sendMessage: true },
  ])
})

describe('bulk CSV: what spreadsheets write is read', () => {
  test.each([
    ['a byte order mark', `\ufeff${file(`ann@fabrikam.com,${url},true,Hi`)}`],
    ['CRLF', file(`ann@fabrikam.com,${url},true,Hi`).replaceAll('\n', '\r\n')],
    ['lone CR', file(`ann@fabrikam.com,${url},true,Hi`).replaceAll('\n', '\r')],
    ['mixed line endings', file(`ann@fabrikam.com,${url},true,Hi`).replace('\n', '\r\n')],
    ['semicolons', file(`ann@fabrikam.com,${url},true,Hi`).replaceAll(',', ';')],
    ['tabs', file(`ann@fabrikam.com,${url},true,Hi`).replaceAll(',', '\t')],
    [
      'empty cells after the version',
      file(`ann@fabrikam.com,${url},true,Hi`).replace(bulkVersion, `${bulkVersion},,,`),
    ],
    ['every cell in quotes', file(`"ann@fabrikam.com","${url}","true","Hi"`)],
    ['empty cells at the right end', file(`ann@fabrikam.com,${url},true,Hi,,,`)],
    ['blanks around the cells', file(` ann@fabrikam.com , ${url} , true , Hi `)],
    ['a break at the end', file(`ann@fabrikam.com,${url},true,Hi`, '')],
    ['blank and empty rows', file('', `ann@fabrikam.com,${url},true,Hi`, ',,,', '')],
  ])('%s', async (_what, text) => {
    expect(await rowsOf(text)).toMatchObject([{ kind: 'invitation', customMessage: 'Hi', sendMessage: true }])
  })

  test('commas, quotes and line breaks inside a quoted message stay', async () => {
    const rows = await rowsOf(file(`ann@fabrikam.com,${url},true,"Dear Ann,\r\n""welcome"", and\nsee you"`))
    expect(rows).toMatchObject([{ customMessage: 'Dear Ann,\r\n"welcome", and\nsee you' }])
  })

  test('columns are found by their key, in any order; other columns are ignored', async () => {
    const text = [
      bulkVersion,
      'Team,Nachricht [customizedMessageBody],[INVITEREDIRECTURL],Adresse [inviteeEmail]',
      `Sales,"Hi, Ann",${url},ann@fabrikam.com`,
    ].join('\n')
    expect(await rowsOf(text)).toMatchObject([
      {
        kind: 'invitation',
        address: { text: 'ann@fabrikam.com' },
        customMessage: 'Hi, Ann',
        sendMessage: false,
      },
    ])
  })
})

describe('bulk CSV: a bad row is reported where it stands, and the good rows go on', () => {
  test('with its row as the spreadsheet counts and its line in the text', async () => {
    const rows = await rowsOf(
      file(
        `ann@fabrikam.com,${url},true,"two\nlines"`,
        '',
        `not an address,${url},true,`,
        `bob@fabrikam.com,${url},true,`,
      ),
    )
    expect(rows.map(({ kind, place }) => ({ kind, ...place }))).toEqual([
      { kind: 'invitation', line: 3, row: 3 },
      { kind: 'badRow', line: 6, row: 5 },
      { kind: 'invitation', line: 7, row: 6 },
    ])
    expect(rows[1]).toMatchObject({ address: 'not an address', problems: [{ column: 'inviteeEmail' }] })
  })

  test.each([
    [`ann+x@fabrikam.com,${url}`, "'+' is not allowed"],
    [`,${url}`, 'empty'],
    ['ann@fabrikam.com,', 'url is required'],
    ['ann@fabrikam.com', 'url is required'],
    ['ann@fabrikam.com,http://app.contoso.com', 'https'],
    ['ann@fabrikam.com,javascript:alert(1)', 'https'],
    [`ann@fabrikam.com,${url},maybe`, 'true or false'],
    [`ann@fabrikam.com,${url},true,${'x'.repeat(5_001)}`, 'longer than'],
    [`ann@fabrikam.com,${url},true,a\u0000b`, 'control characters'],
    [`ann@fabrikam.com,${url},true,Hello, Ann`, 'more cells'],
    [`Example: maria@fabrikam.com,${url},true,`, 'example row'],
    [`ann@fabrikam.com,${url},true,say "hi"`, 'wrong place'],
    [`"ann@fabrikam.com"x,${url},true,`, 'wrong place'],
    [`"ann@fabrikam.com,${url},true,`, 'quot'],
  ])('%s', async (line, gist) => {
    const rows = brief(await rowsOf(file(`a@b.com,${url}`, line, `c@d.com,${url}`)))
    expect(rows).toEqual(['3 a@b.com', expect.stringContaining(gist), '5 c@d.com'])
  })

  test('all that is wrong with a row is said at once', async () => {
    const [row] = await rowsOf(file('nobody,ftp://x,perhaps,'))
    expect(row).toMatchObject({
      problems: [{ column: 'inviteeEmail' }, { column: 'inviteRedirectURL' }, { column: 'sendEmail' }],
    })
  })

  test('an address twice: the first good row counts, however it is spelt', async () => {
    const rows = brief(
      await rowsOf(
        file('ann@fabrikam.com,', `ann@fabrikam.com,${url}`, `ANN@Fabrikam.com,${url}`, `b@c.de,${url}`),
      ),
    )
    expect(rows).toEqual([
      expect.stringContaining('3 bad'),
      '4 ann@fabrikam.com',
      expect.stringContaining('already in row 4 (line 4)'),
      '6 b@c.de',
    ])
  })
})

describe('bulk CSV: a file that cannot be used is refused with one clear reason', () => {
  test.each([
    ['', 'empty', 'empty'],
    ['\ufeff', 'empty', 'empty'],
    [`${headings}\nann@fabrikam.com,${url}`, 'version', 'version:v1.0'],
    [`version:v2.0\n${headings}`, 'version', 'version:v1.0'],
    [bulkVersion, 'headings', 'inviteeEmail'],
    [`${bulkVersion}\nann@fabrikam.com,${url}`, 'headings', bulkColumns.inviteeEmail],
    [
      `${bulkVersion}\n${headings.replace('inviteRedirectURL', 'x')}\n`,
      'headings',
      bulkColumns.inviteRedirectURL,
    ],
    [`${bulkVersion}\n${headings},[sendEmail]\n`, 'headings', 'twice'],
    [`${bulkVersion}\n"${headings}\n`, 'headings', 'lacks'],
    [file(), 'noRows', 'no row'],
    [file('', ',,,'), 'noRows', 'no row'],
  ])('%j', async (text, problem, gist) => {
    expect(await read(text)).toMatchObject({
      outcome: 'unusable',
      problem: { problem, message: expect.stringContaining(gist) },
    })
  })

  test('one in a Windows code page, or in UTF-16', async () => {
    const western = Buffer.from(file(`ann@fabrikam.com,${url},true,Grüße`), 'latin1')
    const wide = Buffer.from(`\ufeff${file(`ann@fabrikam.com,${url},true,Hi`)}`, 'utf16le')
    for (const bytes of [western, wide]) {
      expect(await read(bytes)).toMatchObject({
        problem: { problem: 'notText', message: expect.stringContaining('CSV UTF-8') },
      })
    }
  })

  test('one row more than allowed', async () => {
    const lines = Array.from({ length: bulkLimits.rows }, (_, n) => `a${n}@fabrikam.com,${url}`)
    expect(await rowsOf(file(...lines))).toHaveLength(bulkLimits.rows)
    expect(await read(file(...lines, '"never closed'))).toMatchObject({ problem: { problem: 'tooManyRows' } })
    expect(await read(file(lines[0] ?? '', '\n'.repeat(bulkLimits.rowsWithBlankOnes)))).toMatchObject({
      problem: { problem: 'tooManyRows' },
    })
  })

  test('one byte more than allowed, without reading on', async () => {
    const start = Buffer.from(file(`ann@fabrikam.com,${url}`, ''))
    expect(
      await read(Buffer.concat([start, Buffer.alloc(bulkLimits.bytes - start.length, ' ')])),
    ).toMatchObject({
      outcome: 'readable',
    })
    async function* endless() {
      yield start
      for (let n = 0; n < 1_000; n += 1) yield Buffer.alloc(65_536)
      throw new Error('read on past the limit')
    }
    expect(await readBulkFile(endless(), switches)).toMatchObject({ problem: { problem: 'tooLarge' } })
  })
})

test('bulk CSV: rows come one by one, and a reader may stop early', async () => {
  const rows = readBulkRows([Buffer.from(file(`a@b.com,${url}`, `c@d.com,${url}`))], switches)
  expect((await rows.next()).value).toMatchObject({ kind: 'invitation', address: { text: 'a@b.com' } })
  await rows.return()
  expect((await rows.next()).done).toBe(true)
})

test('bulk CSV: the template, its example row removed, is a file that reads', async () => {
  const template = bulkTemplate(url)
  expect(template.split('\r\n').slice(0, 2)).toEqual([`\ufeff${bulkVersion}`, headings])
  expect(brief(await rowsOf(template))).toEqual([expect.stringContaining('example row')])
  const filled = template.replace(/Example: .*\r\n/, `ann@fabrikam.com,${url},true,"Hi, Ann"\r\n`)
  expect(await rowsOf(filled)).toMatchObject([{ kind: 'invitation', customMessage: 'Hi, Ann' }])
})

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

test('bulk CSV: results name row, outcome and reason; nothing in them runs as a formula', () => {
  const place = { line: 4, row: 3 }
  const text = bulkResults([
    { place, address: 'ann@fabrikam.com', outcome: 'invited', invitedUserId: 'u-1', reason: '' },
    {
      place,
      address: '=HYPERLINK("https://evil.example")',
      outcome: 'failed',
      invitedUserId: null,
      reason: 'bad, "really"',
    },
  ])
  const lines = text.split('\r\n')
  expect(lines[1]).toBe('3,4,ann@fabrikam.com,invited,u-1,')
  expect(lines[2]).toBe('3,4,"\'=HYPERLINK(""https://evil.example"")",failed,,"bad, ""really"""')
})

test.each(['=1', '+1', '-1', '@x', '\t=1', '\r=1', ' =1', '＝1', '|x', '%0A'])(
  'bulk CSV: a cell that begins with %j is disarmed',
  (address) => {
    const result = bulkResults([
      { place: { line: 3, row: 3 }, address, outcome: 'failed', invitedUserId: null, reason: '' },
    ])
    expect(result).toContain(`'${address}`)
  },
)
