import { expect, test } from 'vitest'
import { PreconditionFailed } from '../platform/errors.ts'
import { requireMatch } from './etag.ts'

test('GRA-35: without If-Match, with * or the current tag a write goes on', () => {
  for (const headers of [{}, { 'if-match': '*' }, { 'if-match': 'W/"1"' }, { 'if-match': '"0", W/"1"' }]) {
    expect(() => requireMatch(headers, 'W/"1"')).not.toThrow()
  }
})

test('GRA-35: another tag is 412', () => {
  expect(() => requireMatch({ 'if-match': 'W/"2"' }, 'W/"1"')).toThrow(PreconditionFailed)
})
