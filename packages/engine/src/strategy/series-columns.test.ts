import { coarseCandles } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { computeIndicator } from '../indicators/index.ts'
import { allocateCandles } from '../market/index.ts'
import { compileStrategy } from './compile.ts'
import { createSeriesColumns } from './series-columns.ts'
import type { Rule } from './strategy.ts'

const BARS = 4
const COLUMN_BYTES = BARS * 8

/** A series with room for so many columns, and the keys that were computed, in order. */
const counted = (columns: number) => {
  const computed: string[] = []
  const candles = allocateCandles(BARS, { shared: false })
  const series = createSeriesColumns(candles, { maxBytes: columns * COLUMN_BYTES })
  const read = (key: string): void => {
    series.columnsOf(key, () => {
      computed.push(key)
      return [new Float64Array(BARS)]
    })
  }
  return { computed, read }
}

describe('createSeriesColumns', () => {
  it('computes a column once', () => {
    const { computed, read } = counted(2)
    for (const key of ['a', 'b', 'a', 'b', 'a']) read(key)
    expect(computed).toEqual(['a', 'b'])
  })

  it('drops the least recently used one when there is no room', () => {
    const { computed, read } = counted(2)
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) read(key)
    expect(computed).toEqual(['a', 'b', 'c', 'b'])
  })

  it('finds room again for each that it drops', () => {
    const { computed, read } = counted(2)
    for (const key of ['a', 'b', 'c', 'd', 'c', 'd']) read(key)
    expect(computed).toEqual(['a', 'b', 'c', 'd'])
  })

  it('takes the smallest step for the length of a bar unless it is told', () => {
    const candles = allocateCandles(3, { shared: false })
    candles.time.set([0, 120_000, 180_000])
    expect(createSeriesColumns(candles).barMs).toBe(60_000)
    expect(createSeriesColumns(candles, { barMs: 30_000 }).barMs).toBe(30_000)
    expect(createSeriesColumns(allocateCandles(1, { shared: false })).barMs).toBeUndefined()
  })
})

const macd = { type: 'macd', params: { fast: 3, slow: 6, signal: 2 }, source: 'close' } as const

describe('the lines of an indicator', () => {
  const candles = coarseCandles(5, 200)
  const whole = computeIndicator(candles, macd)

  it('are kept where they are read, an empty column where not', () => {
    const lines = createSeriesColumns(candles).linesOf(macd, new Set([0, 1]))
    expect(lines).toEqual([whole[0], whole[1], new Float64Array(0)])
  })

  it('are the same columns for whoever reads them next', () => {
    const series = createSeriesColumns(candles)
    const [first] = series.linesOf(macd, new Set([0]))
    const all = series.linesOf(macd)
    expect(all[0]).toBe(first)
    expect(all).toEqual(whole)
    expect(series.linesOf(macd, new Set([2]))[2]).toBe(all[2])
  })

  it('are dropped one by one when there is no room', () => {
    const series = createSeriesColumns(candles, { maxBytes: 2 * candles.close.byteLength })
    const [, signal] = series.linesOf(macd, new Set([0, 1]))
    series.linesOf(macd, new Set([2]))
    expect(series.linesOf(macd, new Set([1]))[1]).toBe(signal)
    const [again] = series.linesOf(macd, new Set([0]))
    expect(again).toEqual(whole[0])
  })
})

describe('a program', () => {
  const readBy = (rule: Rule, limit?: { price: { add: string[] } }) => {
    const compiled = compileStrategy({
      name: 'reads',
      version: 1,
      direction: 'long',
      indicators: {
        macd: { type: 'macd', params: macd.params },
        mean: { type: 'sma', params: { period: 3 } },
      },
      entry: { long: rule },
      sizing: { kind: 'units', value: 1 },
      ...(limit === undefined ? {} : { entryOrder: { kind: 'limit', limit } }),
    })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
    return compiled.value.linesRead.map((lines) => [...lines])
  }

  it('names the lines that its comparisons read', () => {
    expect(readBy({ left: 'macd.signal', op: '<', right: 'macd.macd' })).toEqual([[1, 0], []])
  })

  it('names the lines within arithmetic', () => {
    expect(readBy({ left: { abs: 'macd.histogram' }, op: '>', right: 'mean' })).toEqual([[2], [0]])
  })

  it('names the lines that an entry order reads', () => {
    const rule: Rule = { left: 'close', op: '>', right: 1 }
    expect(readBy(rule, { price: { add: ['mean', 'macd.signal'] } })).toEqual([[1], [0]])
  })
})
