import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBacktest, DEFAULT_BACKTEST_CONFIG, toBacktestReport } from '@botcriptofy/engine/backtest'
import { CSV_HEADER, generateCandles } from '@botcriptofy/engine/market'
import { compileStrategy, createSeriesColumns, type Strategy } from '@botcriptofy/engine/strategy'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BadInput } from '../failure.ts'
import { defineMonteCarlo } from './montecarlo.command.ts'

const STRATEGY: Strategy = {
  name: 'touch',
  version: 1,
  direction: 'long',
  indicators: { mean: { type: 'sma', params: { period: 5 } } },
  entry: { long: { left: 'close', op: '>', right: 'mean' } },
  exit: { long: { left: 'close', op: '<', right: 'mean' } },
  sizing: { kind: 'equityFraction', value: 1 },
}

const candles = generateCandles({ seed: 3, bars: 300, startMs: 0, timeframeMs: 3_600_000, startPrice: 100 })
const reportOf = () => {
  const compiled = compileStrategy(STRATEGY, { barMs: 3_600_000 })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  const config = DEFAULT_BACKTEST_CONFIG
  const program = compiled.value
  const result = runBacktest({ program, series: createSeriesColumns(candles), config })
  return toBacktestReport({
    result,
    candles,
    config,
    program,
    sha256: () => '0'.repeat(64),
    withEquity: true,
  })
}
const report = reportOf()

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'montecarlo-'))
  const { time, open, high, low, close, volume } = candles
  const rows = Array.from(time, (at, bar) =>
    [at, open[bar], high[bar], low[bar], close[bar], volume[bar]].join(),
  )
  writeFileSync(join(folder, 'candles.csv'), `${CSV_HEADER}\n${rows.join('\n')}\n`)
  writeFileSync(join(folder, 'result.json'), JSON.stringify(report))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The line of the `BadInput` that the command ends with, the folder taken off. */
const refusalOf = async (result: string, args: readonly string[]): Promise<string> => {
  const command = new Command('montecarlo').exitOverride().configureOutput({ writeErr: () => undefined })
  defineMonteCarlo(command)
  const files = args.map((arg) => (arg.endsWith('.csv') ? join(folder, arg) : arg))
  const given = ['--result', join(folder, result), ...files]
  const failure: unknown = await command.parseAsync(given, { from: 'user' }).then(
    () => 'accepted',
    (error: unknown) => error,
  )
  if (!(failure instanceof BadInput)) throw new Error(`expected BadInput, was ${String(failure)}`)
  return failure.message.replaceAll(`${folder}/`, '')
}

describe('botcriptofy montecarlo', () => {
  it.each<readonly [args: readonly string[], line: string]>([
    [['--runs', '0'], '--runs: expected a whole number from 1 to 100000, was 0'],
    [['--seed', 'x'], '--seed: expected a whole number, was NaN'],
    [['--method', 'blocks', '--block-length', '0'], '--block-length: expected a number, 1 or more, was 0'],
    [['--method', 'slippage', '--up-to', '1'], '--up-to: expected a fraction between 0 and 1, was 1'],
    [['--block-length', '5'], '--block-length: expected the method blocks, was shuffle'],
    [['--up-to', '0.1'], '--up-to: expected the method slippage, was shuffle'],
    [['--candles', 'candles.csv'], '--candles: expected the method range, was shuffle'],
    [['--method', 'range'], '--candles: expected the candles of the backtest, was missing'],
    [['--method', 'range', '--over', 'days'], '--over: expected trades for the method range, was days'],
    [['--over', 'days', '--effect', 'additive'], '--effect: expected compounded over days, was additive'],
  ])('refuses %j', async (args, line) => {
    expect(await refusalOf('result.json', args)).toBe(line)
  })

  it.each<readonly [name: string, change: object, args: readonly string[], line: string]>([
    ['one.json', { trades: [{}] }, [], 'one.json: trades: expected 2 or more, was 1'],
    [
      'bare.json',
      { equity: undefined },
      ['--over', 'days'],
      'bare.json: equity: expected the equity of each bar (backtest --equity), was missing',
    ],
    [
      'order.json',
      {
        equity: [
          [5, 1],
          [5, 2],
        ],
      },
      ['--over', 'days'],
      'order.json: equity[1][0]: expected a time after 5, was 5',
    ],
    [
      'other.json',
      { trades: [{ entryTime: 1 }, {}] },
      ['--method', 'range', '--candles', 'candles.csv'],
      'candles.csv: expected the candles of the backtest, was another series at trades[0]',
    ],
    [
      'basket.json',
      { trades: [{ symbol: 'BTC/USD' }, {}] },
      ['--method', 'range', '--candles', 'candles.csv'],
      '--method: expected no range for a portfolio, was range',
    ],
    [
      'blown.json',
      { finalEquity: 0 },
      [],
      'blown.json: finalEquity: expected an account that was not blown, was 0',
    ],
  ])('refuses the result %s', async (...[name, change, args, line]) => {
    const trades = 'trades' in change ? (change.trades as object[]) : report.trades
    const merged = trades.map((trade, row) => ({ ...report.trades[row], ...trade }))
    writeFileSync(join(folder, name), JSON.stringify({ ...report, ...change, trades: merged }))
    expect(await refusalOf(name, args)).toBe(line)
  })
})
