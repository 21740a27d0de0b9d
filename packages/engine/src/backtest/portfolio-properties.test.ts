import { columnarRun, type RandomPortfolio, randomPortfolio } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { sliceCandles } from '../market/index.ts'
import type { RiskLimits } from '../risk/index.ts'
import { compileStrategy, createSeriesColumns } from '../strategy/index.ts'
import { portfolioTradeRows, type PortfolioResult, runPortfolio, type Trade } from './index.ts'

const DAY_MS = 86_400_000
const RUNS = 60

const run = ({ program, config, members, barMs }: RandomPortfolio): PortfolioResult =>
  runPortfolio({
    program,
    config,
    members: members.map(({ symbol, candles }) => ({
      symbol,
      series: createSeriesColumns(candles, { barMs }),
    })),
  })

/** Plain runs enter at opens only, so trades tell what was held at each of them. */
const closing = (seed: number, risk?: Partial<RiskLimits>): RandomPortfolio => {
  const plain = randomPortfolio(seed, 'plain', risk)
  return { ...plain, config: { ...plain.config, endOfData: 'last_close' } }
}

type Row = Trade & { readonly symbol: string }
const rowsOf = (result: PortfolioResult): readonly Row[] =>
  portfolioTradeRows(result).map((trade) => ({ ...trade, symbol: trade.symbol! }))

/** The last open or close of a symbol at a time: that of a bar that opens then, else the close before. */
const priceAt = (
  { members }: PortfolioResult,
  symbol: string,
  timeMs: number,
  at: 'open' | 'close',
): number => {
  const { candles } = members.find((member) => member.symbol === symbol)!
  let bar = candles.time.length - 1
  while (candles.time[bar]! > timeMs) bar--
  return candles[candles.time[bar] === timeMs ? at : 'close'][bar]!
}

const AT_OPEN = ['signal', 'reverse', 'time_exit']
const leavesAtOpen = ({ gap, exitReason }: Row): boolean => gap === true || AT_OPEN.includes(exitReason)

/** Held when `entry` was about to fill: what entered before it and had not left before it. */
const heldBefore = (rows: readonly Row[], entry: Row): readonly Row[] => {
  const timeMs = entry.entryTime
  return rows.filter((row) => {
    const isFirst = row.entryTime < timeMs || (row.entryTime === timeMs && row.symbol < entry.symbol)
    const isThere = row.exitTime > timeMs || (row.exitTime === timeMs && !leavesAtOpen(row))
    return isFirst && isThere && row.symbol !== entry.symbol
  })
}

const markOf = (row: Row, price: number, feeRate: number): number =>
  (row.side === 'long' ? 1 : -1) * row.quantity * (price - row.entryPrice) -
  feeRate * row.quantity * row.entryPrice

describe('a portfolio', () => {
  it('keeps its money: equity = capital + closed profit + what the open trades have made', () => {
    let held = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const portfolio = closing(seed)
      const { initialCapital, feeRate } = portfolio.config
      const result = run(portfolio)
      const rows = rowsOf(result)
      result.time.forEach((timeMs, at) => {
        if (result.blownAtBar !== null && at >= result.blownAtBar) return
        let expected = initialCapital
        for (const row of rows) {
          if (row.exitTime <= timeMs) expected += row.pnl
          else if (row.entryTime <= timeMs) {
            expected += markOf(row, priceAt(result, row.symbol, timeMs, 'close'), feeRate)
            held++
          }
        }
        const error = Math.abs(result.equity[at]! - expected)
        expect(error, `seed ${seed}, time ${at}`).toBeLessThan(1e-9 * initialCapital)
      })
    }
    expect(held).toBeGreaterThan(500)
  })

  it('ends with its capital and the profit of all trades, with orders, margin and funding as well', () => {
    let closed = 0
    for (let seed = 1; seed <= 2 * RUNS; seed++) {
      const drawn = randomPortfolio(seed, 'featured')
      const config = { ...drawn.config, endOfData: 'last_close' as const }
      const result = run({ ...drawn, config })
      if (result.blownAtBar !== null) continue
      const { initialCapital } = config
      const profit = result.trades.reduce((sum, { trade }) => sum + trade.pnl, initialCapital)
      expect(Math.abs(result.finalEquity - profit), `seed ${seed}`).toBeLessThan(1e-9 * initialCapital)
      closed += result.trades.length
    }
    expect(closed).toBeGreaterThan(500)
  })

  it('never holds more than its limits at any entry', () => {
    let [entries, full, refused] = [0, 0, 0]
    for (let seed = 1; seed <= 2 * RUNS; seed++) {
      const limits = {
        maxOpenPositions: 1 + (seed % 2),
        maxExposureFraction: 0.6,
        maxSymbolExposureFraction: 0.4,
      }
      const portfolio = closing(seed, limits)
      const { initialCapital, feeRate } = portfolio.config
      const result = run(portfolio)
      const rows = rowsOf(result)
      for (const row of rows) {
        const { entryTime, symbol } = row
        const others = heldBefore(rows, row)
        expect(others.length, `seed ${seed}`).toBeLessThan(limits.maxOpenPositions)
        if (others.length === limits.maxOpenPositions - 1) full++
        const opens = others.map((other) => ({
          other,
          price: priceAt(result, other.symbol, entryTime, 'open'),
        }))
        const closed = rows.filter((other) => !others.includes(other) && other !== row && isOver(other, row))
        const equity =
          initialCapital +
          closed.reduce((sum, { pnl }) => sum + pnl, 0) +
          opens.reduce((sum, { other, price }) => sum + markOf(other, price, feeRate), 0)
        const own = row.quantity * row.entryPrice
        const all = own + opens.reduce((sum, { other, price }) => sum + other.quantity * price, 0)
        expect(own, `seed ${seed} ${symbol} ${entryTime}`).toBeLessThanOrEqual(0.4 * equity * (1 + 1e-9))
        expect(all, `seed ${seed} ${symbol} ${entryTime}`).toBeLessThanOrEqual(0.6 * equity * (1 + 1e-9))
        entries++
      }
      const { denied } = result
      refused +=
        (denied.MAX_OPEN_POSITIONS ?? 0) + (denied.MAX_EXPOSURE ?? 0) + (denied.MAX_SYMBOL_EXPOSURE ?? 0)
    }
    expect(entries).toBeGreaterThan(150)
    expect(full).toBeGreaterThan(50)
    expect(refused).toBeGreaterThan(150)
  })

  it('enters nothing while a pause runs', () => {
    const guard = { stops: 1, withinBars: 1, pauseBars: 4 }
    const none = { maxOpenPositions: null, maxExposureFraction: null, maxSymbolExposureFraction: null }
    const limits = { cooldownBars: 2, dailyLossFraction: 0.01, stopLossGuard: guard, maxDrawdown: null }
    let [entries, refused] = [0, 0]
    for (let seed = 1; seed <= 2 * RUNS; seed++) {
      const portfolio = closing(seed, { ...none, ...limits })
      const { barMs, config } = portfolio
      const result = run(portfolio)
      const rows = rowsOf(result)
      const stops = rows.filter(({ pnl, exitReason }) => pnl < 0 && /stop|liquidation/.test(exitReason))
      for (const row of rows) {
        const { entryTime: at, symbol } = row
        const cooling = rows.filter(
          (r) => r.symbol === symbol && r.exitTime < at && at <= r.exitTime + 2 * barMs,
        )
        const guarding = stops.filter(({ exitTime }) => exitTime < at && at <= exitTime + 4 * barMs)
        const { equity, time } = result
        const before = time.findLastIndex((timeMs) => timeMs < at)
        const dayBefore = time.findLastIndex((timeMs) => timeMs < Math.floor(at / DAY_MS) * DAY_MS)
        const worth = (place: number) => equity[place] ?? config.initialCapital
        expect([cooling, guarding], `seed ${seed}`).toEqual([[], []])
        expect(worth(before), `seed ${seed}`).toBeGreaterThan(worth(dayBefore) * 0.99)
        entries++
      }
      const { denied } = result
      refused += (denied.COOLDOWN ?? 0) + (denied.STOP_LOSS_GUARD ?? 0) + (denied.DAILY_LOSS ?? 0)
    }
    expect(entries).toBeGreaterThan(200)
    expect(refused).toBeGreaterThan(100)
  })

  it('does not look ahead: cutting the data leaves what came before the cut as it was', () => {
    let compared = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const drawn = randomPortfolio(seed, seed % 2 === 0 ? 'plain' : 'featured')
      const whole = { ...drawn, config: { ...drawn.config, endOfData: 'leave_open' as const, rows: null } }
      const all = run(whole)
      const places = [all.time.length >> 2, all.time.length >> 1, all.time.length - 1]
      for (const place of places) {
        const endMs = all.time[place]!
        const members = whole.members.map(({ symbol, candles }) => {
          const bars = candles.time.filter((timeMs) => timeMs < endMs).length
          return { symbol, candles: sliceCandles(candles, 0, bars) }
        })
        if (members.some(({ candles }) => candles.time.length === 0)) continue
        const cut = run({ ...whole, members })
        const before = rowsOf(all).filter(({ exitTime }) => exitTime < endMs)
        expect(rowsOf(cut), `seed ${seed}, ${place}`).toEqual(before)
        expect([...cut.equity], `seed ${seed}, ${place}`).toEqual([...all.equity.subarray(0, place)])
        compared += before.length
      }
    }
    expect(compared).toBeGreaterThan(250)
  })

  it('is its members side by side, in whatever order, while there is cash for all', () => {
    let compared = 0
    for (let seed = 1; seed <= RUNS; seed++) {
      const drawn = randomPortfolio(seed, seed % 2 === 0 ? 'plain' : 'featured')
      const { barMs, members } = drawn
      const strategy = {
        ...drawn.strategy,
        sizing: { kind: 'units' as const, value: 3 * drawn.config.quantityStep },
      }
      const compiled = compileStrategy(strategy, { barMs })
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
      const config = { ...drawn.config, initialCapital: 1e12, minNotional: null, risk: null }
      const ample = { ...drawn, program: compiled.value, strategy, config }
      const forth = run(ample)
      const back = run({ ...ample, members: members.toReversed() })
      for (const { symbol, candles } of members) {
        const own = columnarRun({ ...ample, series: { candles, barMs, tick: null } })
        const trades = own.trades.map((trade) => withoutSymbol({ ...trade, symbol }))
        for (const result of [forth, back]) {
          const rows = rowsOf(result).filter((row) => row.symbol === symbol)
          expect(rows.map(withoutSymbol), `seed ${seed} ${symbol}`).toEqual(trades)
        }
        compared += trades.length
      }
      forth.equity.forEach((value, at) => expect(Math.abs(value - back.equity[at]!)).toBeLessThan(1e-2))
    }
    expect(compared).toBeGreaterThan(250)
  })
})

/** Over before `entry` filled. */
const isOver = (other: Row, { entryTime, symbol, entryIndex }: Row): boolean => {
  if (other.symbol === symbol) return other.exitIndex < entryIndex || other.entryIndex < entryIndex
  if (other.exitTime !== entryTime) return other.exitTime < entryTime
  return leavesAtOpen(other) && (other.entryTime < entryTime || other.symbol < symbol)
}

const withoutSymbol = ({ symbol: _, ...trade }: Row): Omit<Row, 'symbol'> => trade
