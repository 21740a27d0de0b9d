import { expect, test } from 'vitest'
import { canonicalJson } from './index.ts'

test('equal objects have equal text whatever the order of their keys', () => {
  expect(canonicalJson({ b: 1, a: { d: [{ y: 2, x: 1 }], c: null } })).toBe(
    '{"a":{"c":null,"d":[{"x":1,"y":2}]},"b":1}',
  )
})

test('absent and undefined members are the same', () => {
  expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }))
})
