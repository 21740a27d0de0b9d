import { type Want, wantId } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLinger } from './linger.ts'

const wanted = (...symbols: readonly string[]): readonly Want[] =>
  symbols.map((symbol) => ({ channel: 'market', market: { venue: 'binance', symbol: `${symbol}/USDT` } }))
const namesOf = (wants: readonly Want[]) => wants.map(({ market }) => market.symbol.split('/')[0])

describe('createLinger', () => {
  it('follows at once, and lets go when a market was not wanted for so long', () => {
    const linger = createLinger(30)
    const step = (nowMs: number, ...symbols: readonly string[]) => {
      const { added, removed } = linger.update(wanted(...symbols), nowMs)
      return [namesOf(added), namesOf(removed)]
    }
    expect(step(0, 'A', 'B')).toEqual([['A', 'B'], []])
    expect(step(10, 'B')).toEqual([[], []])
    // It comes back in time.
    expect(step(25, 'A')).toEqual([[], []])
    expect(step(39, 'A')).toEqual([[], []])
    expect(step(40, 'A')).toEqual([[], ['B']])
    expect(step(54, 'B')).toEqual([['B'], []])
    expect(step(70)).toEqual([[], ['A']])
  })

  it('follows exactly what was wanted within the time', () => {
    const looks = fc.array(fc.subarray(['A', 'B', 'C', 'D']), { maxLength: 40 })
    fc.assert(
      fc.property(looks, fc.integer({ min: 0, max: 5 }), (history, lingerMs) => {
        const linger = createLinger(lingerMs)
        const followed = new Set<string>()
        history.forEach((symbols, nowMs) => {
          const { added, removed } = linger.update(wanted(...symbols), nowMs)
          removed.forEach((want) => expect(followed.delete(wantId(want))).toBe(true))
          added.forEach((want) => followed.add(wantId(want)))
          const recent = history.slice(Math.max(0, nowMs - Math.max(0, lingerMs - 1)), nowMs + 1).flat()
          expect([...followed].toSorted()).toEqual([...new Set(wanted(...recent).map(wantId))].toSorted())
        })
      }),
      { seed: 5, numRuns: 300 },
    )
  })
})
