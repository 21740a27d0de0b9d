import { expect, test } from 'vitest'
import { admits, isOutOfMemory } from './admission.ts'

test.each([
  ['open without a limit', true, 1e12, 0, true],
  ['open below three quarters', true, 74, 100, true],
  ['closed from three quarters on', true, 75, 100, false],
  ['closed until there is clearly room again', false, 72, 100, false],
  ['open again below seven tenths', false, 69, 100, true],
  ['open again when the limit is taken away', false, 1e12, 0, true],
] as const)('is %s', (_what, wasOpen, usedBytes, maxBytes, expected) => {
  expect(admits(wasOpen, { usedBytes, maxBytes })).toBe(expected)
})

test('knows a refusal for want of memory from another failure', () => {
  const refusal = "OOM command not allowed when used memory > 'maxmemory'."
  expect(isOutOfMemory(new Error(refusal))).toBe(true)
  expect(isOutOfMemory(new Error(`Error running script: ${refusal}`))).toBe(true)
  expect(isOutOfMemory(new Error('Redis is away'))).toBe(false)
})
