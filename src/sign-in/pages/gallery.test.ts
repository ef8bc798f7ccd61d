import { describe, expect, test } from 'vitest'
import { languages, render, translator } from '../../platform/pages/index.ts'
import { gallery } from './gallery.tsx'

interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/** The start tags of a page. Preact writes attributes quoted and escaped, so this small reader is exact. */
function tagsOf(html: string): Tag[] {
  return [...html.matchAll(/<([a-z][a-z0-9]*)((?:\s+[^\s=>"/]+(?:="[^"]*")?)*)\s*\/?>/g)].map(
    ([, name = '', attributes = '']) => ({
      name,
      attributes: new Map(
        [...attributes.matchAll(/([^\s="]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
          key,
          value,
        ]),
      ),
    }),
  )
}

const needsLabel = ({ name, attributes }: Tag) =>
  ['select', 'textarea'].includes(name) ||
  (name === 'input' && attributes.get('type') !== 'hidden' && !attributes.has('hidden'))

test('the gallery shows every exhibit under its own name', () => {
  const names = gallery.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('the gallery shows every page of the door', async () => {
  const door: Readonly<Record<string, unknown>> = await import('./index.ts')
  const pages = Object.keys(door).filter((name) => name.endsWith('Page'))
  const shown = new Set(gallery.map(({ show }) => typeName(show(translator('en-US')).type)))
  expect(pages.filter((name) => !shown.has(name))).toEqual([])
  expect(pages.length).toBeGreaterThan(25)
})

describe.each(languages)('in %s', (language) => {
  const t = translator(language)

  test.each(gallery)('$name is a sound document', ({ show }) => {
    const html = render(show(t))
    const tags = tagsOf(html)
    expect(tags.length, 'tags that the reader above has missed').toBe(html.match(/<[a-z]/g)?.length)
    const named = (name: string) => tags.filter((tag) => tag.name === name)

    expect(named('html')[0]?.attributes.get('lang')).toBe(language)
    expect(named('h1')).toHaveLength(1)
    expect(named('main')).toHaveLength(1)
    expect(html).toMatch(/<title>[^<]+ · [^<]+<\/title>/)

    // Nothing that the policy would refuse, or that user data could turn into code.
    expect(named('script')).toEqual([])
    expect(named('style')).toEqual([])
    const active = tags.flatMap(({ attributes }) =>
      [...attributes.keys()].filter((key) => /^(on|style$)/i.test(key)),
    )
    expect(active).toEqual([])
    expect(html).not.toMatch(/href="(javascript|data|vbscript):/i)

    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    const described = tags.flatMap(({ attributes }) => attributes.get('aria-describedby')?.split(' ') ?? [])
    expect(described.filter((id) => !ids.includes(id))).toEqual([])

    const labelled = named('label').map(({ attributes }) => attributes.get('for'))
    const wrapped = [...html.matchAll(/<label class="(?:copyable|progress)[^>]*>.*?<\/label>/gs)].map(
      ([all]) => all,
    )
    for (const field of tags.filter(needsLabel)) {
      const own = labelled.includes(field.attributes.get('id') ?? 'none')
      const inside = wrapped.some((label) => label.includes(`class="${field.attributes.get('class')}"`))
      expect(own || inside, `${field.name} ${field.attributes.get('name')}`).toBe(true)
    }
  })

  test.each(gallery)('$name posts its forms with a token, to us', ({ name, show }) => {
    const forms = render(show(t)).match(/<form.*?<\/form>/gs) ?? []
    for (const form of forms) {
      expect(form).toMatch(/^<form class="form" method="post" action="/)
      // The one form that goes to an application carries the answer, and must not carry our token.
      expect(form.includes('name="csrf"')).toBe(name !== 'form-post')
      expect(form).toContain('type="submit"')
    }
  })
})

function typeName(type: unknown): string {
  return typeof type === 'function' ? type.name : String(type)
}
