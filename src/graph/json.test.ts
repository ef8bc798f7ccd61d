import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Invalid } from '../platform/errors.ts'
import { parseJson } from './json.ts'

describe('request bodies (graph-conventions, section 7)', () => {
  test('GRA-11: what JSON.parse reads is read the same', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
        fc.pre(!text.includes('\\u0000') && !text.includes('__proto__'))
        const pretty = JSON.stringify(JSON.parse(text), null, indent)
        expect(parseJson(pretty)).toEqual(JSON.parse(text))
      }),
    )
  })

  test.each(['', '{', '{"a":1,}', "{'a':1}", '{"a":NaN}', '\ufeff{}', '{"a":1} x', '"\u0001"'])(
    'GRA-11: %j is not JSON',
    (text) => {
      expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'BadRequest' }))
    },
  )

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":{"b":[{"c":1,"d":2,"c":3}]}}',
    '{"":1,"":2}',
    '{"a\\"":1,"a\\"":2}',
  ])('a key given twice is refused: %s', (text) => {
    expect(() => parseJson(text)).toThrow('given twice')
  })

  test.each([
    '{"a":{"a":1},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a,\\"a\\":"}',
    '{"a":["a","a"]}',
  ])('the same key in different objects is fine: %s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  test('no body can bring a prototype', () => {
    for (const text of ['{"__proto__":{"displayName":"x"}}', '{"a":[{"\\u005f_proto__":1}]}']) {
      expect(() => parseJson(text)).toThrow("'__proto__' does not exist")
    }
    expect(parseJson('{"a":"__proto__"}')).toEqual({ a: '__proto__' })
  })

  test('nesting deeper than 64 is refused', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => parseJson(nested(64))).not.toThrow()
    expect(() => parseJson(nested(65))).toThrow('deeper than 64')
    expect(() => parseJson(`{"a":${nested(64)}}`)).toThrow('deeper than 64')
    expect(() => parseJson('["[[[["]')).not.toThrow()
    expect(() => parseJson('['.repeat(200_000))).toThrow(Invalid)
  })

  test('the character NUL is refused wherever it hides', () => {
    expect(() => parseJson('{"a":"x\\u0000"}')).toThrow('NUL')
    expect(() => parseJson('{"\\u0000":1}')).toThrow('NUL')
    expect(parseJson('{"a":"\\\\u0000"}')).toEqual({ a: '\\u0000' })
  })
})
