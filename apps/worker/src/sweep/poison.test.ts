import { expect, test } from 'vitest'
import { judgeChunk } from './poison.ts'

test.each([
  [500, 0, 'beside others'],
  [1, 0, 'beside others'],
  [500, 1, 'split'],
  [2, 7, 'split'],
  [1, 1, 'alone'],
  [1, 2, 'alone'],
  [1, 3, 'give up'],
  [1, 9, 'give up'],
] as const)('a chunk of %i runs that took down %i workers: %s', (runs, deaths, verdict) => {
  expect(judgeChunk({ runs, deaths })).toBe(verdict)
})
