import { describe, expect, it } from 'vitest'
import { type SequencedTrade, type SequenceStep, stepSequence } from './trade-sequence.ts'

const position = { lastId: 100, lastTimeMs: 1_000_000 }
const cases: readonly (readonly [string, SequencedTrade, SequenceStep])[] = [
  ['the id that follows', { id: 101, timeMs: 1_000_005 }, { kind: 'next' }],
  ['the id that follows, a little earlier by its clock', { id: 101, timeMs: 999_000 }, { kind: 'next' }],
  ['an id further on', { id: 105, timeMs: 1_000_005 }, { kind: 'gap', fromId: 101, toId: 104 }],
  ['the last id again', { id: 100, timeMs: 1_000_000 }, { kind: 'duplicate' }],
  ['an earlier id of an earlier time', { id: 90, timeMs: 990_000 }, { kind: 'duplicate' }],
  ['an earlier id of a later time', { id: 90, timeMs: 1_000_001 }, { kind: 'restart' }],
  ['the last id of a later time', { id: 100, timeMs: 1_000_001 }, { kind: 'restart' }],
  ['an earlier id of long ago', { id: 1, timeMs: 939_999 }, { kind: 'restart' }],
  ['a later id of long ago', { id: 500, timeMs: 939_999 }, { kind: 'restart' }],
]

describe('stepSequence', () => {
  it.each(cases)('takes %s', (_, trade, expected) => {
    expect(stepSequence(position, trade)).toEqual(expected)
  })

  it('takes any first trade', () => {
    const unknown = { lastId: undefined, lastTimeMs: undefined }
    expect(stepSequence(unknown, { id: 7, timeMs: 1 })).toEqual({ kind: 'next' })
  })
})
