import { expect, test } from 'vitest'
import { brief, headings, rowsOf, url } from './csv.fixture.ts'
import { bulkVersion } from './csv.ts'
import { bulkResults, bulkTemplate } from './csv-writing.ts'

test('bulk CSV: the template, its example row removed, is a file that reads', async () => {
  const template = bulkTemplate(url)
  expect(template.split('\r\n').slice(0, 2)).toEqual([`\ufeff${bulkVersion}`, headings])
  expect(brief(await rowsOf(template))).toEqual([expect.stringContaining('example row')])
  const filled = template.replace(/Example: .*\r\n/, `ann@fabrikam.com,${url},true,"Hi, Ann"\r\n`)
  expect(await rowsOf(filled)).toMatchObject([{ kind: 'invitation', customMessage: 'Hi, Ann' }])
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
