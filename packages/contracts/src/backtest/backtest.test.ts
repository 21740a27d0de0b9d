import { DEFAULT_BACKTEST_CONFIG, toBacktestReport } from '@botcriptofy/engine/backtest'
import { describeProblem } from '@botcriptofy/engine/kernel'
import { type BarRow, runBars, type Settings, SIGNAL, type StrategyParts } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { inputProblems } from '../input/index.ts'
import { backtestConfigSchema } from './config.ts'
import { backtestReportSchema } from './report.ts'

const problemsOf = (config: unknown): string[] => {
  const parsed = backtestConfigSchema.safeParse(config)
  return parsed.success ? [] : inputProblems(parsed.error, config).map(describeProblem)
}

describe('backtestConfigSchema', () => {
  it('fills in the defaults of the contract', () => {
    const contract =
      '{"initialCapital":10000,"feeRate":0.001,"slippageRate":0.0005,"fillAt":"next_open","path":"worst",' +
      '"limitTouch":"through","protectFrom":"fill_price","limitGap":"at_limit","quantityStep":1e-8,"priceTick":null,"minNotional":null,' +
      '"signalsFromBar":0,"endOfData":"last_close","rows":null,"riskFreeRate":0,"periodsPerYear":365}'
    expect(backtestConfigSchema.parse({})).toMatchObject(JSON.parse(contract) as object)
    expect(backtestConfigSchema.parse({})).toEqual(DEFAULT_BACKTEST_CONFIG)
  })

  it('keeps what is given', () => {
    const given = { path: 'adaptive', priceTick: 0.01, rows: 5, endOfData: 'leave_open' }
    expect(backtestConfigSchema.parse(given)).toEqual({ ...DEFAULT_BACKTEST_CONFIG, ...given })
  })

  it.each<readonly [unknown, readonly string[]]>([
    [{ fee: 0.1 }, ['fee: expected no key of this name, was 0.1']],
    [{ feeRate: 1 }, ['feeRate: expected less than 1, was 1']],
    [{ initialCapital: 0 }, ['initialCapital: expected more than 0, was 0']],
    [
      { path: 'colour' },
      ['path: expected "worst", "best", "ohlc", "olhc", "adaptive" or "stop_first", was "colour"'],
    ],
    [{ signalsFromBar: 1.5 }, ['signalsFromBar: expected a whole number, was 1.5']],
    [{ rows: 0 }, ['rows: expected at least 1, was 0']],
    [{ quantityStep: null }, ['quantityStep: expected a number, was null']],
    [{ priceTick: 0 }, ['priceTick: expected more than 0, was 0']],
    [{ leverage: 200 }, ['leverage: expected below 200, which is 1 / maintenanceMarginRate, was 200']],
    [
      { leverage: 2, maintenanceMarginRate: 0.8 },
      ['leverage: expected below 1.25, which is 1 / maintenanceMarginRate, was 2'],
    ],
  ])('refuses %j', (...[config, problems]) => {
    expect(problemsOf(config)).toEqual(problems)
  })
})

describe('backtestReportSchema', () => {
  const ROWS: readonly BarRow[] = [
    [100, 100, 100, 100, SIGNAL.buy],
    [100, 101, 99, 100],
    [90, 112, 89, 90],
    [90, 90, 90, 90, SIGNAL.leaveLong],
    [90, 91, 89, 90],
  ]
  const SCALED = { scaleOut: [{ fraction: 0.1, share: 0.5 }], sizing: { kind: 'units', value: 2 } } as const
  const FUNDED = { fundingRate: 0.01, fundingIntervalMs: 60_000 }

  it.each<readonly [string, StrategyParts, Settings]>([
    ['a trade', {}, {}],
    ['a trade with several exits', SCALED, {}],
    ['a trade that paid funding', {}, FUNDED],
    ['both', SCALED, FUNDED],
  ])('accepts what the engine makes of %s, with the same text', (...[, parts, settings]) => {
    const { result, candles, config } = runBars(ROWS, parts, settings)
    const sha256 = () => '0'.repeat(64)
    const report = toBacktestReport({ result, candles, config, sha256, withEquity: true })
    const parsed = backtestReportSchema.parse(JSON.parse(JSON.stringify(report)))
    expect(parsed).toEqual(report)
    expect(JSON.stringify(parsed.trades)).toBe(JSON.stringify(report.trades))
    expect(report.trades).toHaveLength(1)
  })

  it('puts optional keys last: gap, funding, fills', () => {
    const { trades } = runBars(ROWS, { ...SCALED, stopLoss: { fraction: 0.05 } }, FUNDED)
    expect(Object.keys(trades[0] ?? {}).slice(-3)).toEqual(['exitReason', 'gap', 'funding'])
    expect(Object.keys(runBars(ROWS, SCALED, FUNDED).trades[0] ?? {}).slice(-3)).toEqual([
      'exitReason',
      'funding',
      'fills',
    ])
  })
})
