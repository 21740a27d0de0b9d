import { describe, expect, it } from 'vitest'
import { type SequencedTrade, type SequenceStep, stepSequence } from './trade-sequence.ts'

const position = { lastId: 100, lastTimeMs: 1_000_000, clockMs: 1_000_000 }
const cases: readonly (readonly [string, SequencedTrade, SequenceStep])[] = [
  ['the id that follows', { id: 101, timeMs: 1_000_005 }, { kind: 'next' }],
  ['the id that follows, a little earlier by its clock', { id: 101, timeMs: 999_000 }, { kind: 'next' }],
  ['an id further on', { id: 105, timeMs: 1_000_005 }, { kind: 'gap', fromId: 101, toId: 104 }],
  ['the last id again', { id: 100, timeMs: 1_000_000 }, { kind: 'duplicate' }],
  ['an earlier id of an earlier time', { id: 90, timeMs: 990_000 }, { kind: 'duplicate' }],
  ['an earlier id of hours ago', { id: 51, timeMs: 1 }, { kind: 'duplicate' }],
  ['an earlier id that is stamped a little later', { id: 99, timeMs: 1_000_001 }, { kind: 'duplicate' }],
  ['an earlier id of a later time', { id: 90, timeMs: 1_060_001 }, { kind: 'restart' }],
  ['the last id of a later time', { id: 100, timeMs: 1_060_001 }, { kind: 'restart' }],
]

describe('stepSequence', () => {
  it.each(cases)('takes %s', (_, trade, expected) => {
    expect(stepSequence(position, trade)).toEqual(expected)
  })

  it.each([1, 90, 500])(
    'takes the id %d of long ago for a new start where the venue says that it is long ago',
    (id) => {
      const back = { ...position, clockMs: 939_999 }
      expect(stepSequence(back, { id, timeMs: 939_998 })).toEqual({ kind: 'restart' })
      expect(stepSequence(back, { id: 101, timeMs: 1_000_005 })).toEqual({ kind: 'next' })
    },
  )

  it('takes any first trade', () => {
    const unknown = { lastId: undefined, lastTimeMs: undefined, clockMs: 1 }
    expect(stepSequence(unknown, { id: 7, timeMs: 1 })).toEqual({ kind: 'next' })
  })
})
