import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtestConfigSchema, backtestReportSchema } from '@botcriptofy/contracts/backtest'
import { strategySchema } from '@botcriptofy/contracts/strategy'
import { type BacktestResult, runBacktest, type Trade, tradeRows } from '@botcriptofy/engine/backtest'
import { type Candles, createCandleCsvParser } from '@botcriptofy/engine/market'
import { compileStrategy, createSeriesColumns } from '@botcriptofy/engine/strategy'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BacktestCase,
  configOf,
  type ExpectedTrade,
  readBacktestCases,
  strategyOf,
} from './backtest-cases.ts'

const dataDirectory = process.env['CONFORMANCE_DATA'] ?? ''
const cases = dataDirectory === '' ? [] : readBacktestCases(dataDirectory)
const candlePathOf = ({ dataset }: BacktestCase): string => join(dataDirectory, 'candles', dataset)

const candlesOf = (testCase: BacktestCase): Candles => {
  const parser = createCandleCsvParser()
  parser.push(readFileSync(candlePathOf(testCase), 'utf8'))
  const result = parser.end()
  if (!result.ok) throw new Error(`${testCase.dataset} is not usable`)
  return result.value
}

const runCase = (testCase: BacktestCase, overrides: object = {}) => {
  const candles = candlesOf(testCase)
  const compiled = compileStrategy(strategySchema.parse(strategyOf(testCase)))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  const config = backtestConfigSchema.parse({ ...configOf(testCase), ...overrides })
  const result = runBacktest({ program: compiled.value, series: createSeriesColumns(candles), config })
  return { candles, config, result }
}

/** Their engine calls a reversal a signal, and a gap is part of its reasons. */
const theirReason = ({ exitReason, gap }: Trade): string =>
  (exitReason === 'reverse' ? 'signal' : exitReason) + (gap === true ? '_gap' : '')

const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1)

const expectSameTrades = (trades: readonly Trade[], expected: readonly ExpectedTrade[]): void => {
  const facts = trades.map((trade) => [
    trade.side,
    trade.entryIndex,
    trade.exitIndex,
    trade.entryTime,
    trade.exitTime,
    theirReason(trade),
  ])
  expect(facts).toEqual(
    expected.map((trade) => [
      trade.side,
      trade.entry_bar,
      trade.exit_bar,
      trade.entry_timestamp,
      trade.exit_timestamp,
      trade.exit_reason,
    ]),
  )
  trades.forEach((trade, index) => {
    const theirs = expected[index] as ExpectedTrade
    const notional = theirs.size * theirs.entry_price
    expect(relative(trade.entryPrice, theirs.entry_price)).toBeLessThan(1e-9)
    expect(relative(trade.exitPrice, theirs.exit_price)).toBeLessThan(1e-9)
    expect(Math.abs(trade.quantity - theirs.size)).toBeLessThan(1e-8 + 1e-7 * theirs.size)
    expect(Math.abs(trade.pnl - theirs.pnl_net)).toBeLessThan(1e-6 * notional)
    expect(Math.abs(trade.fees - theirs.commission)).toBeLessThan(1e-6 * notional)
    expect(Math.abs(trade.returnFraction - theirs.return_net)).toBeLessThan(1e-6)
  })
}

const expectSameDailyEquity = (candles: Candles, result: BacktestResult, testCase: BacktestCase): void => {
  const lastOfDay = new Map<number, number>()
  for (let bar = 0; bar < result.bars; bar++) {
    const day = Math.floor(candles.time[bar]! / 86_400_000) * 86_400_000
    lastOfDay.set(day, result.equity[bar]!)
  }
  expect([...lastOfDay.keys()]).toEqual(testCase.equity_daily.map(([day]) => day))
  for (const [day, equity] of testCase.equity_daily) {
    expect(relative(lastOfDay.get(day) ?? Number.NaN, equity)).toBeLessThan(1e-6)
  }
}

describe.skipIf(dataDirectory === '')('the engine', () => {
  it('finds the thirteen cases', () => {
    expect(cases).toHaveLength(13)
  })

  it.each(cases)('makes the trades and the equity of $id', (testCase) => {
    const { candles, result } = runCase(testCase)
    expectSameTrades(tradeRows(result.trades, candles), testCase.trades)
    expect(relative(result.finalEquity, testCase.summary.final_equity)).toBeLessThan(1e-6)
    expectSameDailyEquity(candles, result, testCase)
  })

  it.each(cases)('leaves the last position of $id open when told to', (testCase) => {
    const { result } = runCase(testCase, { endOfData: 'leave_open' })
    const { closed_trades, final_equity_marked_at_last_close } = testCase.without_forced_exit
    expect(result.trades.length).toBe(closed_trades)
    expect(relative(result.finalEquity, final_equity_marked_at_last_close)).toBeLessThan(1e-6)
    expect(result.openPosition === null).toBe(closed_trades === testCase.trades.length)
  })
})

describe.skipIf(dataDirectory === '')('botcriptofy backtest', { timeout: 60_000 }, () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'botcriptofy-backtest-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const write = (name: string, value: object): string => {
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify(value))
    return path
  }

  it.each(cases)('prints the trades of $id', async (testCase) => {
    const strategy = write(`${testCase.id}.strategy.json`, strategyOf(testCase))
    const config = write(`${testCase.id}.config.json`, configOf(testCase))
    const files = ['--candles', candlePathOf(testCase), '--strategy', strategy, '--config', config]
    const app = startApp({ app: 'cli', args: ['backtest', ...files, '--json'] })
    const { code } = await app.exited
    expect(code === 0 ? '' : app.output().stderr).toBe('')
    const report = backtestReportSchema.parse(JSON.parse(app.output().stdout))
    expectSameTrades(report.trades as readonly Trade[], testCase.trades)
    expect(relative(report.finalEquity, testCase.summary.final_equity)).toBeLessThan(1e-6)
    expect(report.bars).toBe(testCase.rows_used)
  })
})
