import { PLAIN_CONFIG, programOf } from '@botcriptofy/testkit/bars'
import { randomRun } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { definitionOf, findIndicator, INDICATOR_TYPES, registerIndicator } from '../indicators/index.ts'
import { type Candles, generateCandles } from '../market/index.ts'
import { createSeriesColumns, type SeriesColumns, type Strategy } from '../strategy/index.ts'
import { chooseCuts } from './cuts.ts'
import { checkLookahead } from './lookahead.ts'

const candles = generateCandles({
  seed: 11,
  bars: 2000,
  startMs: 1_700_000_100_000,
  timeframeMs: 900_000,
  startPrice: 100,
})

const CROSS: Strategy = {
  name: 'cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 10 } },
    slow: { type: 'sma', params: { period: 30 } },
  },
  entry: { long: { left: 'fast', op: 'crosses_above', right: 'slow' } },
  exit: { long: { left: 'fast', op: 'crosses_below', right: 'slow' } },
  sizing: { kind: 'equityFraction', value: 1 },
}

/** A series whose `fast` line is changed after it was computed. */
const spoiled =
  (spoil: (line: Float64Array, bars: Candles) => Float64Array) =>
  (bars: Candles, barMs: number | undefined): SeriesColumns => {
    const series = createSeriesColumns(bars, { barMs })
    return {
      ...series,
      linesOf: (indicator) => {
        const [line, ...rest] = series.linesOf(indicator)
        return indicator.params['period'] === 10 ? [spoil(line!, bars), ...rest] : [line!, ...rest]
      },
    }
  }

const checkSpoiled = (spoil: (line: Float64Array, bars: Candles) => Float64Array) =>
  checkLookahead({
    program: programOf(CROSS),
    candles,
    config: PLAIN_CONFIG,
    openSeries: spoiled(spoil),
  })

describe('checkLookahead', () => {
  it('passes a strategy that reads only the past, and says how much it compared', () => {
    const check = checkLookahead({ program: programOf(CROSS), candles, config: PLAIN_CONFIG })
    expect(check).toMatchObject({ verdict: 'pass', bars: 2000, differences: [] })
    expect(check.cuts).toHaveLength(32)
    // Two lines, four signals, the equity.
    expect(check.comparedValues).toBe(7 * check.cuts.reduce((sum, cut) => sum + cut, 0))
    expect(check.text).toBe('nothing changed in 32 truncated runs')
  })

  it.each<readonly [bars: number, values: number, text: string]>([
    [1, 0, 'nothing could be compared: 1 bar is too few'],
    [
      2,
      7,
      'nothing changed in 1 truncated runs, but nothing could be compared of fast (sma(10)@close), slow (sma(30)@close): 2 bars are too few for a value',
    ],
    [
      30,
      7 * 435,
      'nothing changed in 29 truncated runs, but nothing could be compared of slow (sma(30)@close): 30 bars are too few for a value',
    ],
  ])('does not pass what %d bars do not show', (bars, comparedValues, text) => {
    const check = checkLookahead({ program: programOf(CROSS), candles, config: PLAIN_CONFIG, maxBars: bars })
    expect(check).toMatchObject({ verdict: 'warn', bars, comparedValues, differences: [], text })
  })

  it('passes as soon as every line has a value in a truncated run', () => {
    const check = checkLookahead({ program: programOf(CROSS), candles, config: PLAIN_CONFIG, maxBars: 31 })
    expect(check).toMatchObject({ verdict: 'pass', bars: 31 })
  })

  it.each(INDICATOR_TYPES)('passes %s, on its own and on a higher timeframe', (type) => {
    const definition = findIndicator(type)!
    const params = Object.fromEntries(
      definition.parameters.map(({ name, min }, index) => [name, Math.max(min, 3 + 2 * index)]),
    )
    const [line] = definition.lines
    const id = definition.lines.length === 1 ? 'own' : `own.${line}`
    const higher = definition.lines.length === 1 ? 'higher' : `higher.${line}`
    const strategy: Strategy = {
      ...CROSS,
      indicators: { own: { type, params }, higher: { type, params, timeframe: '1h' } },
      entry: { long: { left: id, op: '>', right: { ref: higher, offset: 1 } } },
      exit: { long: { left: id, op: '<', right: { add: [higher, 0.1] } } },
      stopLoss: { fraction: 0.02 },
    }
    const check = checkLookahead({
      program: programOf(strategy),
      candles,
      config: PLAIN_CONFIG,
      maxBars: 600,
      maxCuts: 16,
    })
    expect(check.differences).toEqual([])
  })

  it.each(['plain', 'featured'] as const)('passes random strategies on random candles: %s', (kind) => {
    for (let seed = 1; seed <= 40; seed++) {
      const { program, series, config } = randomRun(seed, kind)
      const check = checkLookahead({ program, candles: series.candles, config, maxCuts: 6 })
      expect({ seed, differences: check.differences }).toEqual({ seed, differences: [] })
    }
  })

  it('names the indicator that reads the next bar, and what follows from it', () => {
    const check = checkSpoiled((line, { close }) =>
      line.map((value, bar) => (value + (close[bar + 1] ?? value)) / 2),
    )
    expect(check.verdict).toBe('fail')
    const [first, ...effects] = check.differences
    const [cut] = check.cuts
    expect(first).toMatchObject({
      subject: 'indicator',
      name: 'fast (sma(10)@close)',
      bar: cut! - 1,
      cut,
      timeMs: candles.time[cut! - 1],
      count: check.cuts.length,
    })
    expect(first?.whole).not.toBe(first?.truncated)
    expect(effects.map(({ subject }) => subject)).toContain('signal')
    expect(check.differences.some(({ name }) => name.startsWith('slow'))).toBe(false)
    expect(check.text).toMatch(
      /^fast \(sma\(10\)@close\) at bar \d+ is [\d.]+, but [\d.]+ when the series ends/,
    )
  })

  it('finds an indicator that is scaled by the whole series, from its first value on', () => {
    const check = checkSpoiled((line, { high }) => {
      const top = high.reduce((most, value) => Math.max(most, value), 0)
      return line.map((value) => value / top)
    })
    expect(check.differences[0]).toMatchObject({ name: 'fast (sma(10)@close)', bar: 9 })
  })

  it('finds one that looks ahead only at a few bars, because the signals lead there', () => {
    const check = checkSpoiled((line, { close }) =>
      // Twenty bars in two thousand enter when the next close is higher, all others leave.
      line.map((_, bar) => (bar % 97 === 50 && (close[bar + 1] ?? 0) > close[bar]! ? 1e6 : 0)),
    )
    expect(check.verdict).toBe('fail')
    const [first] = check.differences
    expect(first).toMatchObject({ subject: 'indicator', whole: '1000000', truncated: '0' })
    expect(first!.bar % 97).toBe(50)
  })

  it('finds values that are undefined only where the series is short', () => {
    const check = checkSpoiled((line, { close }) => (close.length < 1990 ? line.fill(Number.NaN) : line))
    expect(check.differences[0]).toMatchObject({
      name: 'fast (sma(10)@close)',
      bar: 9,
      truncated: 'undefined',
    })
  })

  it('names a registered indicator that behaves while it is tried out', () => {
    const sma = definitionOf({ type: 'sma', params: { period: 5 }, source: 'close' })
    const sly = registerIndicator(
      {
        ...sma,
        type: 'sly',
        compute: (input, params, out) => {
          sma.compute(input, params, out)
          const { close } = input.candles
          if (close.length < 1000) return
          for (let bar = 0; bar + 3 < close.length; bar++) out[0]![bar] = close[bar + 3]!
        },
      },
      { module: 'sly.mjs', sha256: '' },
    )
    expect(sly.ok).toBe(true)
    const strategy: Strategy = {
      ...CROSS,
      indicators: { oracle: { type: 'sly', params: { period: 5 } } },
      entry: { long: { left: 'oracle', op: '>', right: 'close' } },
      exit: { long: { left: 'oracle', op: '<', right: 'close' } },
    }
    const check = checkLookahead({ program: programOf(strategy), candles, config: PLAIN_CONFIG })
    expect(check.differences.map(({ subject, name }) => [subject, name])).toEqual([
      ['indicator', 'oracle (sly(5)@close)'],
      ['signal', expect.stringMatching(/^(entry|exit)\.long$/)],
      ['signal', expect.stringMatching(/^(entry|exit)\.long$/)],
      ['trade', 'trades'],
      ['equity', 'equity'],
    ])
  })

  it('has nothing to compare without bars', () => {
    const none = generateCandles({ seed: 1, bars: 0, startMs: 0, timeframeMs: 60_000, startPrice: 1 })
    const check = checkLookahead({ program: programOf(CROSS), candles: none, config: PLAIN_CONFIG })
    expect(check).toMatchObject({ verdict: 'warn', bars: 0, cuts: [], comparedValues: 0 })
  })

  it('tells how far it is', () => {
    const told: string[] = []
    checkLookahead({
      program: programOf(CROSS),
      candles,
      config: PLAIN_CONFIG,
      maxBars: 100,
      maxCuts: 3,
      onProgress: (done, total) => told.push(`${done}/${total}`),
    })
    expect(told).toEqual(['1/4', '2/4', '3/4', '4/4'])
  })
})

describe('chooseCuts', () => {
  it('ends half of the runs at signals and the bars after them, the others evenly', () => {
    expect(chooseCuts({ bars: 1000, signalBars: [100, 200, 300, 400, 500], maxCuts: 8 })).toEqual([
      101, 102, 200, 400, 501, 502, 600, 800,
    ])
  })

  it('gives the places of missing signals to the even ones', () => {
    expect(chooseCuts({ bars: 1000, signalBars: [], maxCuts: 4 })).toEqual([200, 400, 600, 800])
  })

  it('stays inside the series', () => {
    expect(chooseCuts({ bars: 3, signalBars: [0, 1, 2], maxCuts: 32 })).toEqual([1, 2])
    expect(chooseCuts({ bars: 1, signalBars: [0], maxCuts: 8 })).toEqual([])
  })
})
