import { randomRun, type RunKind } from '@botcriptofy/testkit/random-run'
import { tradeLogOf, type TradeRow } from '@botcriptofy/testkit/trades'
import { coarseCandles } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../kernel/index.ts'
import type { TradeLog } from '../positions/index.ts'
import { createSeriesColumns } from '../strategy/index.ts'
import { runBacktest } from './run-backtest.ts'
import { tradeRows } from './trade-rows.ts'
import { createTradeText, type TradeText } from './trade-text.ts'

/** The pieces joined, each read before the next is asked for. */
const textOf = (log: TradeLog, tradeText: TradeText): string => {
  const decoder = new TextDecoder()
  let text = ''
  for (const piece of tradeText(log)) {
    text += typeof piece === 'string' ? piece : decoder.decode(piece)
  }
  return text
}

const ODD_NUMBERS = [0, -0, 1e-9, -1e-9, 1e21, 0.1 + 0.2, -1 / 3, 5e-324, 123_456_789.000_000_01, NaN]

describe('createTradeText', () => {
  it.each<[RunKind, number]>([
    ['plain', 150],
    ['featured', 100],
  ])('is the JSON of the rows of %s runs', (kind, runs) => {
    let trades = 0
    for (let seed = 1; seed <= runs; seed++) {
      const { program, series, config } = randomRun(seed, kind)
      const { candles, barMs } = series
      const log = runBacktest({ program, series: createSeriesColumns(candles, { barMs }), config }).trades
      expect(textOf(log, createTradeText(candles)), `seed ${seed}`).toBe(
        JSON.stringify(tradeRows(log, candles)),
      )
      trades += log.length
    }
    expect(trades).toBeGreaterThan(runs)
  })

  it.each([0, 1, 3_000])('is the JSON of %d rows with odd numbers', (count) => {
    const candles = coarseCandles(1, 3_010)
    const rows = Array.from({ length: count }, (_, k): TradeRow => {
      const odd = (shift: number): number => ODD_NUMBERS[(k + shift) % ODD_NUMBERS.length]!
      return {
        entryIndex: k,
        exitIndex: k + 9,
        pnl: odd(0),
        fees: odd(1),
        quantity: odd(2),
        entryPrice: odd(3),
      }
    })
    const log = tradeLogOf(rows)
    expect(textOf(log, createTradeText(candles))).toBe(JSON.stringify(tradeRows(log, candles)))
  })

  it('is the JSON of the rows of each of many runs on one series', () => {
    // More bars than texts are kept for, so runs replace what others left behind.
    const candles = coarseCandles(2, 40_000)
    const tradeText = createTradeText(candles)
    const random = seededRandom(7)
    for (let run = 0; run < 40; run++) {
      const rows = Array.from({ length: 500 }, (): TradeRow => {
        const entryIndex = 80 * Math.floor(random() * 490)
        const exitIndex = entryIndex + 1 + Math.floor(random() * 3)
        const entryPrice = candles.open[entryIndex]! * (random() < 0.5 ? 1 : 1.0005)
        return { entryIndex, exitIndex, entryPrice, exitPrice: candles.open[exitIndex]!, pnl: random() - 0.5 }
      })
      const log = tradeLogOf(rows)
      expect(textOf(log, tradeText), `run ${run}`).toBe(JSON.stringify(tradeRows(log, candles)))
    }
  })
})
