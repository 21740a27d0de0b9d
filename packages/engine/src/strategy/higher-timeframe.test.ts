import { gappyCandles, strategyArbitrary } from '@botcriptofy/testkit/strategies'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeIndicator } from '../indicators/index.ts'
import { describeProblem } from '../kernel/index.ts'
import { allocateCandles, type Candles, sliceCandles } from '../market/index.ts'
import { compileStrategy } from './compile.ts'
import type { IndicatorPlan, Program } from './program.ts'
import { createSeriesColumns } from './series-columns.ts'
import { evaluateSignals } from './signals.ts'
import type { Rule, Strategy, StrategyIndicator } from './strategy.ts'
import { firstSignalBarOn } from './warm-up.ts'

const HOUR_MS = 3_600_000

/** Bars at these hours; the close is the hour, and a bar spans [close - 0.5, close + 0.5]. */
const candlesAt = (hours: readonly number[]): Candles => {
  const candles = allocateCandles(hours.length, { shared: false })
  hours.forEach((hour, bar) => {
    candles.time[bar] = hour * HOUR_MS
    candles.open[bar] = hour
    candles.high[bar] = hour + 0.5
    candles.low[bar] = hour - 0.5
    candles.close[bar] = hour
    candles.volume[bar] = 1
  })
  return candles
}

const strategyOf = (slow: StrategyIndicator, rule: Rule = { left: 'slow', op: '>', right: 0 }): Strategy => ({
  name: 'test',
  version: 1,
  direction: 'long',
  indicators: { slow },
  entry: { long: rule },
  sizing: { kind: 'units', value: 1 },
})

const compiledFor = (strategy: Strategy, barMs?: number): Program => {
  const compiled = compileStrategy(strategy, { barMs })
  if (!compiled.ok) throw new Error(compiled.error.map(describeProblem).join('; '))
  return compiled.value
}

const MEAN = { type: 'sma', params: { period: 2 }, timeframe: '4h' }
const SUM = { type: 'obv', timeframe: '4h' }
const indicatorOf = (request: StrategyIndicator): IndicatorPlan =>
  compiledFor(strategyOf(request)).indicators[0] as IndicatorPlan

const linesOn = (hours: readonly number[], request: StrategyIndicator): number[] => {
  const series = createSeriesColumns(candlesAt(hours), { barMs: HOUR_MS })
  return [...series.linesOf(indicatorOf(request))[0]!]
}

const NONE = Number.NaN

describe('an indicator on a higher timeframe', () => {
  it('has the value of the last bar that is closed at the close of each bar', () => {
    const hours = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    // Bars of 4 h close at 3, 7 and 11, the last hour of each.
    const means = [NONE, NONE, NONE, NONE, NONE, NONE, NONE, 5, 5, 5, 5, 9, 9]
    expect(linesOn(hours, MEAN)).toEqual(means)
  })

  it('keeps to bars counted from the epoch, and takes what there is of the first', () => {
    expect(linesOn([2, 3, 4, 5, 6, 7, 8], MEAN)).toEqual([NONE, NONE, NONE, NONE, NONE, 5, 5])
  })

  it('closes a bar that ends in a gap at the first bar after it', () => {
    // The bar of 4 to 8 ends with hour 5; 8 to 12 is missing altogether.
    expect(linesOn([2, 3, 4, 5, 13, 14, 15, 16], MEAN)).toEqual([NONE, NONE, NONE, NONE, 4, 4, 10, 10])
  })

  it('sums what was traded in a longer bar', () => {
    expect(linesOn([0, 1, 2, 3, 4, 5, 6, 7], SUM)).toEqual([NONE, NONE, NONE, 4, 4, 4, 4, 8])
  })

  it('counts offsets in bars of the candles', () => {
    const rule: Rule = { left: 'slow', op: '>', right: { ref: 'slow', offset: 1 } }
    const program = compiledFor(strategyOf(MEAN, rule))
    const series = createSeriesColumns(candlesAt([...Array(16).keys()]))
    const bytes = evaluateSignals(program, series).bytes.subarray(0, 16)
    expect([...bytes].flatMap((bits, bar) => (bits === 0 ? [] : [bar]))).toEqual([11, 15])
  })

  it('is the indicator itself when the timeframe is that of the candles', () => {
    const series = createSeriesColumns(candlesAt([0, 1, 2, 3]))
    const own = { type: 'sma', params: { period: 2 } }
    const [same] = series.linesOf(indicatorOf({ ...own, timeframe: '1h' }))
    expect(same).toEqual(series.linesOf(indicatorOf(own))[0])
  })

  it('has no value where one bar leaves the length of the candles unknown', () => {
    const series = createSeriesColumns(candlesAt([3]))
    const program = compiledFor(strategyOf(SUM))
    expect([...series.linesOf(program.indicators[0]!)[0]!]).toEqual([NONE])
    expect(firstSignalBarOn(program, series)).toBe(Infinity)
  })

  it.each<readonly [string, number, string]>([
    ['4h', 10_800_000, `a whole multiple of the candles' 3h, was "4h"`],
    ['4h', 86_400_000, `a whole multiple of the candles' 1d, was "4h"`],
    ['90m', 7, `a whole multiple of the candles' 7 ms, was "90m"`],
    ['4x', 3_600_000, 'a timeframe such as 1m, 15m, 4h, 1d or 1w, was "4x"'],
  ])('refuses %s on bars of %d ms', (timeframe, barMs, expected) => {
    const compiled = compileStrategy(strategyOf({ ...MEAN, timeframe }), { barMs })
    expect(compiled.ok ? [] : compiled.error.map(describeProblem)).toEqual([
      `indicators.slow.timeframe: expected ${expected}`,
    ])
  })

  it('names the timeframe beside other problems of the indicator', () => {
    const compiled = compileStrategy(strategyOf({ type: 'sma', params: { period: 0 }, timeframe: '' }))
    expect(compiled.ok ? [] : compiled.error.map(({ path }) => path)).toEqual([
      'indicators.slow.params.period',
      'indicators.slow.timeframe',
    ])
  })

  it('does not know yet which bars the strategy runs on', () => {
    expect(compileStrategy(strategyOf({ ...MEAN, timeframe: '7h' })).ok).toBe(true)
  })
})

/** The longer bars closed by `closeMs`, made without the resampler. */
const closedBars = (candles: Candles, closeMs: number, higherMs: number): Candles => {
  const periods = new Map<number, number[]>()
  candles.time.forEach((time, bar) => {
    const open = time - (time % higherMs)
    if (open + higherMs <= closeMs) periods.set(open, [...(periods.get(open) ?? []), bar])
  })
  const out = allocateCandles(periods.size, { shared: false })
  ;[...periods].forEach(([open, bars], index) => {
    out.time[index] = open
    out.open[index] = candles.open[bars[0]!]!
    out.high[index] = Math.max(...bars.map((bar) => candles.high[bar]!))
    out.low[index] = Math.min(...bars.map((bar) => candles.low[bar]!))
    out.close[index] = candles.close[bars.at(-1)!]!
    out.volume[index] = bars.reduce((sum, bar) => sum + candles.volume[bar]!, 0)
  })
  return out
}

describe('columns of higher timeframes', () => {
  it('equal computing the indicator anew on the bars closed at each close', () => {
    const specs = ['rsi', 'vwap', 'stoch', 'atr', 'obv', 'donchian']
    const anyStrategy = strategyArbitrary({ timeframes: ['2h', '4h', '1d'], types: specs })
    fc.assert(
      fc.property(fc.nat(), anyStrategy, (seed, strategy) => {
        const candles = gappyCandles({ seed, bars: 60, barMs: HOUR_MS })
        const series = createSeriesColumns(candles, { barMs: HOUR_MS })
        for (const indicator of compiledFor(strategy).indicators) {
          const lines = series.linesOf(indicator)
          candles.time.forEach((time, bar) => {
            const seen = closedBars(
              sliceCandles(candles, 0, bar + 1),
              time + HOUR_MS,
              indicator.timeframeMs ?? HOUR_MS,
            )
            const values = computeIndicator(seen, indicator).map((line) => line.at(-1) ?? Number.NaN)
            expect(lines.map((line) => line[bar])).toEqual(values)
          })
        }
      }),
      { seed: 31, numRuns: 40 },
    )
  })

  it('leave the signals of earlier bars alone when later bars are cut off', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 99 }),
        strategyArbitrary({ timeframes: ['2h', '1d'], types: ['sma', 'roc', 'obv'] }),
        (seed, cut, strategy) => {
          const program = compiledFor(strategy)
          const candles = gappyCandles({ seed, bars: 100, barMs: HOUR_MS })
          const whole = createSeriesColumns(candles, { barMs: HOUR_MS })
          const part = createSeriesColumns(sliceCandles(candles, 0, cut), { barMs: HOUR_MS })
          expect(evaluateSignals(program, part).bytes.subarray(0, cut)).toEqual(
            evaluateSignals(program, whole).bytes.subarray(0, cut),
          )
        },
      ),
      { seed: 32, numRuns: 100 },
    )
  })
})

describe('firstSignalBarOn', () => {
  it('is the first bar that sees enough closed bars of the timeframe', () => {
    const program = compiledFor(strategyOf(MEAN))
    expect(program.firstSignalBar).toBe(1)
    const firstOn = (hours: readonly number[]) =>
      firstSignalBarOn(program, createSeriesColumns(candlesAt(hours), { barMs: HOUR_MS }))
    expect(firstOn([0, 1, 2, 3, 4, 5, 6, 7, 8])).toBe(7)
    expect(firstOn([3, 7, 8])).toBe(1)
    expect(firstOn([0, 1, 2, 3, 4])).toBe(Infinity)
  })

  it('adds offsets and the bar before a cross', () => {
    const series = createSeriesColumns(candlesAt([...Array(16).keys()]))
    const cross: Rule = { left: { ref: 'slow', offset: 2 }, op: 'crosses_above', right: 'close' }
    expect(firstSignalBarOn(compiledFor(strategyOf(MEAN, cross)), series)).toBe(7 + 2 + 1)
    expect(firstSignalBarOn(compiledFor(strategyOf(MEAN, { not: cross })), series)).toBe(0)
  })

  it('is what the program says where no indicator has a timeframe', () => {
    const plain = compiledFor(strategyOf({ type: 'sma', params: { period: 5 } }))
    expect(firstSignalBarOn(plain, createSeriesColumns(candlesAt([0, 1, 9])))).toBe(plain.firstSignalBar)
  })

  it('comes no later than the first entry signal of any strategy, and no earlier than the program says', () => {
    fc.assert(
      fc.property(fc.nat(), strategyArbitrary({ timeframes: ['2h', '8h'] }), (seed, strategy) => {
        const program = compiledFor(strategy)
        const series = createSeriesColumns(gappyCandles({ seed, bars: 120, barMs: HOUR_MS }))
        const first = firstSignalBarOn(program, series)
        const entries = evaluateSignals(program, series).bytes.map((bits) => bits & 3)
        expect(entries.subarray(0, Math.min(first, 120)).every((bits) => bits === 0)).toBe(true)
        expect(first).toBeGreaterThanOrEqual(program.firstSignalBar)
      }),
      { seed: 33, numRuns: 200 },
    )
  })
})
