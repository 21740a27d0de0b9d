import { PLAIN_CONFIG, programOf } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { definitionOf, findIndicator, INDICATOR_TYPES, registerIndicator } from '../indicators/index.ts'
import { generateCandles, sliceCandles } from '../market/index.ts'
import type { Strategy, StrategyIndicator } from '../strategy/index.ts'
import { checkWarmup } from './warmup.ts'

const HOUR_MS = 3_600_000

const candles = generateCandles({
  seed: 5,
  bars: 6000,
  startMs: 1_700_006_400_000,
  timeframeMs: HOUR_MS,
  startPrice: 100,
  outagesPerDay: 0,
})

const strategyWith = (indicators: Readonly<Record<string, StrategyIndicator>>, line: string): Strategy => ({
  name: 'warm',
  version: 1,
  direction: 'long',
  indicators,
  entry: { long: { left: line, op: '<', right: { ref: line, offset: 3 } } },
  exit: {},
  sizing: { kind: 'units', value: 1 },
})

const EMA: StrategyIndicator = { type: 'ema', params: { period: 20 } }
const checkOf = (indicator: StrategyIndicator, config = {}, bars = candles) =>
  checkWarmup({
    program: programOf(strategyWith({ own: indicator }, 'own')),
    candles: bars,
    config: { ...PLAIN_CONFIG, ...config },
  })

describe('checkWarmup', () => {
  it('measures where an EMA has forgotten its seed', () => {
    const check = checkOf(EMA)
    const [ema] = check.indicators
    expect(ema).toMatchObject({
      ids: ['own'],
      indicator: 'ema(20)@close',
      verdict: 'pass',
      lookback: 19,
      published: 158,
      starts: 8,
    })
    // The seed differs by a few percent of the price and fades by 1 - 2/21 a bar: 1e-2 to 1e-6 takes 92 bars.
    expect(ema?.measured).toBeGreaterThan(60)
    expect(ema?.measured).toBeLessThanOrEqual(158)
  })

  it('warns of signals before, and recommends the bar that all settle at, offsets included', () => {
    const check = checkOf(EMA)
    const from = check.indicators[0]!.measured! + 3
    expect(check).toMatchObject({ verdict: 'warn', firstSignalBar: 22, recommendedSignalsFromBar: from })
    expect(check.unsettledEntrySignals).toBeGreaterThan(0)
    expect(check.text).toBe(
      `${check.unsettledEntrySignals} entry signals between bar 22 and bar ${from}, where values have not settled: set signalsFromBar to ${from}`,
    )
  })

  it('passes once signals start there', () => {
    const from = checkOf(EMA).recommendedSignalsFromBar
    expect(checkOf(EMA, { signalsFromBar: from })).toMatchObject({
      verdict: 'pass',
      firstSignalBar: from,
      unsettledEntrySignals: 0,
    })
    expect(checkOf(EMA, { signalsFromBar: 5000 }).recommendedSignalsFromBar).toBe(5000)
  })

  it('needs the lookback and no more for a moving window', () => {
    expect(checkOf({ type: 'sma', params: { period: 20 } })).toMatchObject({
      verdict: 'pass',
      indicators: [{ lookback: 19, published: 19, measured: 19 }],
      recommendedSignalsFromBar: 22,
    })
  })

  it('says that a running total never settles', () => {
    expect(checkOf({ type: 'obv' })).toMatchObject({
      verdict: 'warn',
      indicators: [{ verdict: 'warn', measured: null, text: expect.stringContaining('never settles') }],
      recommendedSignalsFromBar: 3,
    })
  })

  it('finds that a session average settles with the next session', () => {
    expect(checkOf({ type: 'vwap' }).indicators[0]).toMatchObject({
      verdict: 'warn',
      text: expect.stringMatching(/^settles after \d+ bars, although 0 are published$/),
    })
    expect(checkOf({ type: 'vwap' }).indicators[0]?.measured).toBeLessThanOrEqual(23)
  })

  it('counts the bars of the candles on a higher timeframe', () => {
    const [higher] = checkOf({ ...EMA, timeframe: '4h' }).indicators
    expect(higher).toMatchObject({ verdict: 'pass', published: 160 * 4 - 1 })
    expect(higher?.measured).toBeGreaterThan(240)
    expect(higher?.measured).toBeLessThanOrEqual(639)
  })

  /** Their state depends on where the history starts in ways that no number of bars bounds. */
  const UNBOUNDED = ['obv', 'vwap', 'supertrend']

  it.each(INDICATOR_TYPES.filter((type) => !UNBOUNDED.includes(type)))(
    '%s settles within what it publishes',
    (type) => {
      const definition = findIndicator(type)!
      const params = Object.fromEntries(
        definition.parameters.map(({ name, min }, index) => [name, Math.max(min, 5 + 4 * index)]),
      )
      const line = definition.lines.length === 1 ? 'own' : `own.${definition.lines.at(-1)}`
      const check = checkWarmup({
        program: programOf(strategyWith({ own: { type, params } }, line)),
        candles,
        config: PLAIN_CONFIG,
      })
      expect(check.indicators).toMatchObject([{ verdict: 'pass', starts: 8 }])
    },
  )

  it('finds out an indicator that publishes too little', () => {
    const ema = definitionOf({ type: 'ema', params: { period: 20 }, source: 'close' })
    const boasting = { ...ema, type: 'boasting', stabilisation: ema.lookback }
    expect(registerIndicator(boasting, { module: 'boasting.mjs', sha256: '' }).ok).toBe(true)
    const check = checkOf({ type: 'boasting', params: { period: 20 } })
    const { measured } = check.indicators[0]!
    expect(check.indicators[0]).toMatchObject({
      verdict: 'warn',
      published: 19,
      text: `settles after ${measured} bars, although 19 are published`,
    })
    expect(check.recommendedSignalsFromBar).toBe(measured! + 3)
  })

  it('fails where the series is shorter than the warm-up', () => {
    const short = sliceCandles(candles, 0, 15)
    expect(checkOf(EMA, {}, short)).toMatchObject({
      verdict: 'fail',
      indicators: [{ verdict: 'fail', text: 'no value: 15 bars are too few' }],
      text: expect.stringMatching(/^the warm-up of \d+ bars is longer than the series of 15 bars$/),
    })
  })

  it('says so where half the series is not enough to tell', () => {
    const check = checkOf({ ...EMA, timeframe: '1d' }, {}, sliceCandles(candles, 0, 2000))
    expect(check.indicators[0]).toMatchObject({
      verdict: 'warn',
      measured: null,
      text: 'not settled after 1000 bars, 3839 are published',
    })
    expect(check).toMatchObject({ verdict: 'fail', recommendedSignalsFromBar: 3842 })
  })

  it('passes a strategy without indicators from the first bar on', () => {
    const check = checkWarmup({
      program: programOf({ ...strategyWith({}, 'close') }),
      candles,
      config: PLAIN_CONFIG,
    })
    expect(check).toMatchObject({ verdict: 'pass', indicators: [], recommendedSignalsFromBar: 3 })
    expect(check.text).toBe('the rules use no indicator that has to settle')
  })

  it.each<readonly [bars: number, own: StrategyIndicator, verdict: string, text: string]>([
    [1, EMA, 'fail', 'no value: 1 bar is too few'],
    [1, { type: 'obv' }, 'warn', 'too few bars to start a second history'],
    [1, { type: 'obv', timeframe: '1d' }, 'warn', 'too few bars to start a second history'],
    [2, { type: 'sma', params: { period: 2 } }, 'warn', 'too few bars to start a second history'],
    [2, { type: 'obv', timeframe: '1d' }, 'fail', 'no value: 2 bars are too few'],
    [3, { type: 'sma', params: { period: 2 } }, 'warn', 'not settled after 1 bars, 1 are published'],
  ])('does not pass what %d bars do not show of %j', (bars, own, verdict, text) => {
    const check = checkOf(own, {}, sliceCandles(candles, 0, bars))
    expect(check.verdict).not.toBe('pass')
    expect(check.indicators[0]).toMatchObject({ verdict, measured: null, text })
    expect(check.text).toMatch(/is longer than the series|not all could be measured$/)
  })

  it('reads the configured rows only', () => {
    expect(checkOf(EMA, { rows: 500 }).bars).toBe(500)
  })

  it('tells how far it is', () => {
    const told: string[] = []
    checkWarmup({
      program: programOf(strategyWith({ a: EMA, b: { type: 'obv' }, c: EMA }, 'a')),
      candles,
      config: PLAIN_CONFIG,
      onProgress: (done, total) => told.push(`${done}/${total}`),
    })
    // Two ids of the same indicator are measured once.
    expect(told).toEqual(['1/2', '2/2'])
  })
})
