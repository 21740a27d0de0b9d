import { coarseCandles, configArbitrary, programOf, strategyArbitrary } from '@botcriptofy/testkit/bars'
import { barsOf, type Core, drivePaper, enterEffect, type PaperRun } from '@botcriptofy/testkit/paper'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BacktestConfig, runBacktest, tradeRows } from '../backtest/index.ts'
import type { Candles } from '../market/index.ts'
import {
  createSeriesColumns,
  ENTRY_LONG,
  ENTRY_SHORT,
  evaluateSignals,
  EXIT_LONG,
  EXIT_SHORT,
  type Program,
} from '../strategy/index.ts'

/** Turns signal bytes into orders as the columnar run does. */
const signalCore =
  (program: Program, candles: Candles, config: BacktestConfig): Core =>
  (bar, { position }) => {
    const bits = bytesOf(program, candles)[bar]!
    if (bar < config.signalsFromBar) return []
    const enter = (side: 'long' | 'short') =>
      enterEffect(side, candles.close[bar]!, { sizing: program.strategy.sizing })
    if (position === null) {
      const entries = bits & (ENTRY_LONG | ENTRY_SHORT)
      if (entries === ENTRY_LONG) return [enter('long')]
      return entries === ENTRY_SHORT ? [enter('short')] : []
    }
    const isLong = position.side > 0
    if ((bits & (isLong ? ENTRY_SHORT : ENTRY_LONG)) !== 0) {
      return [{ kind: 'exit', reason: 'reverse' }, enter(isLong ? 'short' : 'long')]
    }
    return (bits & (isLong ? EXIT_LONG : EXIT_SHORT)) === 0 ? [] : [{ kind: 'exit', reason: 'signal' }]
  }

const known = new WeakMap<Candles, Uint8Array>()
const bytesOf = (program: Program, candles: Candles): Uint8Array => {
  const bytes = known.get(candles) ?? evaluateSignals(program, createSeriesColumns(candles)).bytes
  known.set(candles, bytes)
  return bytes
}

const paperRows = (run: PaperRun) =>
  run.trades.map((trade) => ({
    side: trade.side > 0 ? 'long' : 'short',
    entryIndex: trade.entryIndex,
    entryTime: trade.entryTime,
    entryPrice: trade.entryPrice,
    exitIndex: trade.exitIndex,
    exitTime: trade.exitTime,
    exitPrice: trade.exitPrice,
    quantity: trade.quantity,
    fees: trade.fees,
    pnl: trade.pnl,
    returnFraction: trade.returnFraction,
    exitReason: trade.reason,
    ...(trade.gap ? { gap: true } : {}),
  }))

const excursions = ({ trades }: PaperRun) =>
  trades.map(({ slippageCost, mae, mfe }) => [slippageCost, mae, mfe])

describe('a paper account that enters at market', () => {
  it('fills, marks and counts as the columnar run does, to the last bit', () => {
    let tradesSeen = 0
    let ambiguousSeen = 0
    fc.assert(
      fc.property(fc.integer(), strategyArbitrary, configArbitrary, (seed, strategy, config) => {
        const candles = coarseCandles(seed, 60)
        const program = programOf(strategy)
        const columnar = runBacktest({ program, series: createSeriesColumns(candles), config })
        const drive = { config, protection: strategy, bars: barsOf(candles) }
        const paper = drivePaper({ ...drive, core: signalCore(program, candles, config) })
        expect(JSON.stringify(paperRows(paper))).toBe(JSON.stringify(tradeRows(columnar.trades, candles)))
        expect(paper.equity).toEqual([...columnar.equity])
        const { length, slippageCost, mae, mfe } = columnar.trades
        expect(excursions(paper)).toEqual(
          Array.from({ length }, (_, row) => [slippageCost[row], mae[row], mfe[row]]),
        )
        expect(paper.account.denied).toEqual(columnar.denied)
        expect(paper.account.blownAtBar).toBe(columnar.blownAtBar)
        if (config.path === 'worst') {
          expect(paper.account.ambiguousBars).toBe(columnar.band.ambiguousBars)
          ambiguousSeen += paper.account.ambiguousBars
        }
        tradesSeen += paper.trades.length
      }),
      { seed: 41, numRuns: 600 },
    )
    expect(tradesSeen).toBeGreaterThan(1500)
    expect(ambiguousSeen).toBeGreaterThan(30)
  }, 60_000)
})
