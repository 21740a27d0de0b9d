import { DEFAULT_BACKTEST_CONFIG } from '../backtest/index.ts'
import { generateCandles } from '../market/index.ts'
import { compileStrategy, createSeriesColumns } from '../strategy/index.ts'
import { SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { expect, it } from 'vitest'
import { portfolioChecks, runChecks } from './index.ts'

const candlesOf = (seed: number) =>
  generateCandles({ seed, bars: 400, startMs: 0, timeframeMs: 3_600_000, startPrice: 100 })

it('checks each symbol as if it were run alone, and tells the gravest verdict', () => {
  const compiled = compileStrategy(SMA_CROSS)
  if (!compiled.ok) throw new Error('expected a sound strategy')
  const program = compiled.value
  const config = DEFAULT_BACKTEST_CONFIG
  const sound = candlesOf(1)
  const spoilt = candlesOf(2)
  spoilt.volume.fill(0)
  const members = [
    { symbol: 'A/USD', series: createSeriesColumns(sound) },
    { symbol: 'B/USD', series: createSeriesColumns(spoilt) },
  ]
  const { verdict, symbols } = portfolioChecks({ program, members, config })
  expect(symbols).toEqual([
    { symbol: 'A/USD', checks: runChecks({ program, candles: sound, config }) },
    { symbol: 'B/USD', checks: runChecks({ program, candles: spoilt, config }) },
  ])
  const own = symbols.map(({ checks }) => checks.data.verdict)
  expect(own[0]).not.toBe(own[1])
  expect(verdict).toBe(symbols[1]?.checks.verdict)
})
