import { CANDLE_COLUMNS, type Candles } from '@botcriptofy/engine/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeCandles } from './merge.ts'

/** Times and volumes from small ranges, so that bars often meet and often agree. */
const bars = fc
  .dictionary(fc.nat(30).map(String), fc.nat(1), { maxKeys: 20 })
  .map((byTime) => new Map(Object.entries(byTime).map(([time, volume]) => [Number(time), volume])))

const columnsOf = (byTime: ReadonlyMap<number, number>): Candles => {
  const time = Float64Array.from([...byTime.keys()].toSorted((a, b) => a - b))
  const one = new Float64Array(time.length).fill(1)
  return { time, open: one, high: one, low: one, close: one, volume: time.map((key) => byTime.get(key) ?? 0) }
}

describe('mergeCandles', () => {
  it('agrees with a map of bars by time', () => {
    fc.assert(
      fc.property(bars, bars, (stored, given) => {
        const { added, changed, merged } = mergeCandles(columnsOf(stored), columnsOf(given))
        const isAdded = ([time]: readonly [number, number]) => !stored.has(time)
        const isChanged = ([time, volume]: readonly [number, number]) =>
          stored.has(time) && stored.get(time) !== volume
        expect(added).toEqual(columnsOf(new Map([...given].filter(isAdded))))
        expect(changed).toEqual(columnsOf(new Map([...given].filter(isChanged))))
        expect(merged).toEqual(columnsOf(new Map([...stored, ...given])))
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('sees a difference in any column but the time', () => {
    const stored = columnsOf(new Map([[1, 1]]))
    for (const name of CANDLE_COLUMNS.filter((column) => column !== 'time')) {
      const given = { ...stored, [name]: Float64Array.of(2) }
      expect(mergeCandles(stored, given).changed.time).toEqual(stored.time)
    }
  })
})
