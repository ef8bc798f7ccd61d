import { describe, expect, test } from 'vitest'
import { brief, file, headings, read, rowsOf, switches, url } from './csv.fixture.ts'
import { bulkColumns, bulkLimits, bulkVersion, readBulkFile, readBulkRows } from './csv.ts'

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

  test('the version in any case, and only the two required columns', async () => {
    const text = `  VERSION:v1.0 ,\n${headings.split(',').slice(0, 2).join(',')}\nann@fabrikam.com,${url}, ,`
    expect(await rowsOf(text)).toMatchObject([
      { kind: 'invitation', sendMessage: false, customMessage: null },
    ])
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

  test.each(['\n', '\r\n', '\r'])(
    'lines and rows are counted past broken and blank ones, with line break %j',
    async (lineBreak) => {
      const lines = [
        '"x"y',
        '',
        '',
        `a@b.com,${url},true,"1${lineBreak}${lineBreak}2"`,
        '"open',
        `c@d.com,${url}`,
      ]
      const rows = await rowsOf(file(...lines).replaceAll(/(?<!\r)\n/g, lineBreak))
      expect(rows.map(({ kind, place }) => `${kind} ${place.line} ${place.row}`)).toEqual([
        'badRow 3 3',
        'invitation 6 6',
        'badRow 9 7',
        'invitation 10 8',
      ])
    },
  )

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
