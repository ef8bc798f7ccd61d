import { expect, test } from 'vitest'
import {
  Address,
  CopyableText,
  Heading,
  initials,
  Page,
  render,
  submitScript,
  TextField,
  translator,
} from './index.ts'

const t = translator('en-US')
const evil = `"><script>alert('x')</script>&`

function page(content: preact.ComponentChildren, title = 'Test') {
  return (
    <Page t={t} title={title} tenant={null} trace={null} script={submitScript}>
      {content}
    </Page>
  )
}

test('what people typed is text everywhere: in elements, attributes, titles and text areas', () => {
  const html = render(
    page(
      <>
        <Heading>{evil}</Heading>
        <TextField name="a" label={evil} hint={evil} error={evil} value={evil} autocomplete="off" />
        <CopyableText label={evil} lines={[`</textarea>${evil}`]} />
        <Address text={evil} />
      </>,
      `</title>${evil}`,
    ),
  )
  expect(html).not.toContain('<script')
  expect(html.match(/<\/title>/g)).toHaveLength(1)
  expect(html.match(/<\/textarea>/g)).toHaveLength(1)
  expect(html).toContain('value="&quot;>&lt;script>')
})

test('a whole document comes out, in the page’s language', () => {
  const html = render(
    <Page t={translator('de-DE')} title="Test" tenant={null} trace={null}>
      <Heading>Test</Heading>
    </Page>,
  )
  expect(html).toMatch(/^<!doctype html>\n<html lang="de-DE" dir="ltr"><head><meta charset="utf-8"\/>/)
})

test('a page without a nonce has no script', () => {
  expect(render(page('x'))).not.toContain('<script')
})

test('a script is self-hosted and carries the nonce', () => {
  expect(render(page('x'), { nonce: 'n0nce' })).toContain(
    `<script src="${submitScript.path}" nonce="n0nce" defer></script>`,
  )
})

test('an error is said in the title, and its field is marked, described and focused', () => {
  const html = render(
    <Page t={t} title="Sign in" tenant={null} trace={null} failed>
      <TextField name="who" label="Who" hint="A hint" error="Wrong" autocomplete="username" />
    </Page>,
  )
  expect(html).toContain('<title>Error: Sign in · Xenia</title>')
  expect(html).toMatch(
    /<input id="field-who"[^>]* autofocus aria-invalid="true" aria-describedby="field-who-error field-who-hint"/,
  )
})

test('components outside of a page say what is wrong', () => {
  expect(() => render(<TextField name="a" label="A" autocomplete="off" />)).toThrow('inside a Page')
})

test.each([
  ['Maria Sullivan', 'MS'],
  ['Maria Anna de Souza', 'MS'],
  ['Contoso', 'C'],
  ['maria@fabrikam.example', 'M'],
  ['maria.sullivan@fabrikam.example', 'M'],
  ['Ἀθηνᾶ Παλλάς', 'ἈΠ'],
  ['李小龍', '李'],
  ['—', '—'],
  ['', ''],
])('the initials of %j are %j', (name, expected) => {
  expect(initials(name)).toBe(expected)
})
