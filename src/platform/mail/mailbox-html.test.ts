import { expect, test } from 'vitest'
import { framedHtml, frameHeaders, frameSandbox, linksOf } from './mailbox-html.ts'

const base = '<base target="_top">'

test.each([
  ['<html><head><title>x</title></head></html>', `<html><head>${base}<title>x</title></head></html>`],
  ['<HEAD lang="de"><base target="_self"></HEAD>', `<HEAD lang="de">${base}<base target="_self"></HEAD>`],
  ['<!DOCTYPE html><p>x</p>', `<!doctype html>${base}<p>x</p>`],
  ['<header>x</header>', `<!doctype html>${base}<header>x</header>`],
  ['', `<!doctype html>${base}`],
])('the links of %j lead to the whole window', (html, framed) => {
  expect(framedHtml(html)).toBe(framed)
})

test('links are found once each, in both bodies, and only web addresses', () => {
  const html = `<a href="https://a.example/?x=1&amp;y=2">a</a> <a HREF='http://b.example/'>b</a>
    <a href="javascript:alert(1)">c</a> <a href="mailto:d@x.example">d</a>`
  const text = 'see https://a.example/?x=1&y=2 and <https://e.example/path> (https://f.example)'
  expect(linksOf({ html, text })).toEqual([
    'https://a.example/?x=1&y=2',
    'http://b.example/',
    'https://e.example/path',
    'https://f.example',
  ])
  expect(linksOf({ html: null, text: '' })).toEqual([])
})

test('scripts are stopped twice: by the policy, and by the sandbox of both document and frame', () => {
  const policy = frameHeaders['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('script-src')
  expect(policy).toContain(`sandbox ${frameSandbox}`)
  expect(frameSandbox).not.toMatch(/allow-(scripts|forms|same-origin)/)
})
