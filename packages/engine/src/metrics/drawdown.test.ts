import { describe, expect, it } from 'vitest'
import { drawdownMetrics, ulcerIndex } from './drawdown.ts'
import { walkEquity } from './equity-walk.ts'

const seriesOf = (startEquity: number, ...equity: number[]) => ({
  time: Float64Array.from(equity, (_, i) => 1000 * (i + 1)),
  equity: Float64Array.from(equity),
  from: 0,
  to: equity.length,
  startEquity,
})

describe('walkEquity', () => {
  it('measures each episode from its peak to the first row back at it', () => {
    const drawdowns = walkEquity(seriesOf(100, 110, 99, 105, 110, 120, 90, 96, 130))
    expect(drawdowns).toEqual({
      to: 8,
      endEquity: 130,
      meanEquity: 860 / 8,
      episodes: 2,
      worstDepth: 90 / 120 - 1,
      worstLoss: 30,
      depthSum: 99 / 110 - 1 + (90 / 120 - 1),
      longestMs: 3000,
      durationSumMs: 6000,
    })
  })

  it('lets an episode that never recovers last to the end', () => {
    expect(walkEquity(seriesOf(100, 110, 99, 105, 100))).toMatchObject({
      episodes: 1,
      worstDepth: 99 / 110 - 1,
      longestMs: 3000,
    })
  })

  it('counts a fall below the initial capital on the first row', () => {
    expect(walkEquity(seriesOf(100, 80, 90))).toMatchObject({
      worstDepth: 80 / 100 - 1,
      worstLoss: 20,
      longestMs: 1000,
    })
  })

  it('starts at the last of several rows at the peak', () => {
    expect(walkEquity(seriesOf(100, 100, 100, 100, 99, 100))).toMatchObject({
      episodes: 1,
      longestMs: 2000,
    })
  })

  it('keeps the largest loss of money apart from the largest fraction', () => {
    expect(walkEquity(seriesOf(100, 50, 1000, 900))).toMatchObject({ worstDepth: -0.5, worstLoss: 100 })
  })
})

describe('the end of an account', () => {
  it.each([0, -3])('is the first row at %d', (value) => {
    expect(walkEquity(seriesOf(100, 120, value, 500))).toMatchObject({
      to: 2,
      endEquity: 0,
      meanEquity: 60,
      worstDepth: -1,
      worstLoss: 120,
      longestMs: 1000,
    })
  })
})

describe('drawdownMetrics', () => {
  it('has a depth of 0 and no episodes when equity never falls', () => {
    expect(drawdownMetrics(walkEquity(seriesOf(100, 100, 101, 102)))).toEqual({
      maxDrawdown: 0,
      maxDrawdownAbs: 0,
      avgDrawdown: 'NO_DRAWDOWN',
      maxDrawdownDurationMs: 'NO_DRAWDOWN',
      avgDrawdownDurationMs: 'NO_DRAWDOWN',
    })
  })

  it('averages over episodes', () => {
    expect(drawdownMetrics(walkEquity(seriesOf(100, 110, 99, 110, 88, 88, 110)))).toMatchObject({
      avgDrawdown: (99 / 110 - 1 + (88 / 110 - 1)) / 2,
      maxDrawdownDurationMs: 3000,
      avgDrawdownDurationMs: 2500,
    })
  })
})

describe('ulcerIndex', () => {
  it('is the root mean square of the drawdowns of all days', () => {
    expect(ulcerIndex(Float64Array.of(100, 90, 100, 80))).toBeCloseTo(Math.sqrt((0.01 + 0.04) / 4), 15)
    expect(ulcerIndex(Float64Array.of(100, 101))).toBe(0)
  })
})
