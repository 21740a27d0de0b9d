import { describeProblem } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { checkStrategy } from './check-strategy.ts'

const STRATEGY = {
  name: 'slow',
  version: 1,
  direction: 'long',
  indicators: { slow: { type: 'sma', params: { period: 3 }, timeframe: '90m' } },
  entry: { long: { left: 'close', op: '>', right: 'slow' } },
  sizing: { kind: 'units', value: 1 },
}

const problemsOf = (input: unknown, timeframe?: string): string[] => {
  const checked = checkStrategy(input, { timeframe })
  return checked.ok ? [] : checked.error.map(describeProblem)
}

describe('checkStrategy', () => {
  it('holds timeframes of indicators against that of the candles, where it is known', () => {
    const problem = `strategy.indicators.slow.timeframe: expected a whole multiple of the candles' 1h, was "90m"`
    expect(problemsOf(STRATEGY, '1h')).toEqual([problem])
    expect(problemsOf(STRATEGY, '30m')).toEqual([])
    expect(problemsOf(STRATEGY)).toEqual([])
  })

  it('resolves the names in the prices of an entry order', () => {
    const entryOrder = { kind: 'limit', limit: { price: { sub: ['close', 'atr'] } } }
    expect(problemsOf({ ...STRATEGY, entryOrder })).toEqual([
      'strategy.entryOrder.limit.price.sub[1]: expected a number or one of open, high, low, close, volume, slow, was "atr"',
    ])
  })

  it('calls a strategy that is no object by its own name', () => {
    expect(problemsOf(null)).toEqual(['strategy: expected an object, was null'])
  })
})
