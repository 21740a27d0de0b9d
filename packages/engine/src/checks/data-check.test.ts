import { type BarRow, candlesOf } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { type Candles, generateCandles } from '../market/index.ts'
import { checkData } from './data-check.ts'
import { DATA_FINDING_CODES, type DataFindingCode } from './findings.ts'

const MINUTE = 60_000

/** Bars that move a little, each in its own way: [open, high, low, close, volume]. */
const lively = (bars: number): BarRow[] =>
  Array.from({ length: bars }, (_, bar) => {
    const open = 100 + (bar % 7) / 10
    const close = 100 + ((bar * 3) % 11) / 10
    return [open, Math.max(open, close) + 0.1, Math.min(open, close) - 0.1, close, 5 + bar]
  })

const withBars = (rows: BarRow[], changes: Readonly<Record<number, BarRow>>): Candles =>
  candlesOf(rows.map((row, bar) => changes[bar] ?? row))

const withTimes = (candles: Candles, times: readonly number[]): Candles => ({
  ...candles,
  time: Float64Array.from(times),
})

const findingOf = (candles: Candles, code: DataFindingCode) =>
  checkData(candles).findings.find((finding) => finding.code === code)

const minutes = (...steps: readonly number[]): number[] => {
  let time = 0
  return [0, ...steps.map((step) => (time += step * MINUTE))]
}

describe('checkData', () => {
  it('passes clean bars and names every code', () => {
    const check = checkData(candlesOf(lively(1000)))
    expect(check).toMatchObject({ verdict: 'pass', bars: 1000, fromMs: 0, toMs: 999 * MINUTE, barMs: MINUTE })
    expect(check.findings.map(({ code }) => code)).toEqual([...DATA_FINDING_CODES])
    expect(check.findings.map(({ count, text, places }) => [count, text, places])).toEqual(
      DATA_FINDING_CODES.map(() => [0, 'none', []]),
    )
  })

  it('passes what the generator makes', () => {
    const made = generateCandles({
      seed: 7,
      bars: 5000,
      timeframeMs: MINUTE,
      startMs: 0,
      startPrice: 100,
      outagesPerDay: 0,
    })
    expect(checkData(made).verdict).toBe('pass')
  })

  it('has nothing to say about one bar or none', () => {
    expect(checkData(candlesOf([]))).toMatchObject({ verdict: 'pass', bars: 0, fromMs: null, barMs: null })
    expect(checkData(candlesOf(lively(1)))).toMatchObject({ verdict: 'pass', bars: 1, toMs: 0, barMs: null })
  })

  it('is as grave as its gravest finding', () => {
    const still = candlesOf(Array.from({ length: 20 }, (): BarRow => [100, 100, 100, 100, 1]))
    expect(checkData(still).verdict).toBe('fail')
  })
})

describe('GAPS', () => {
  it('are counted in missing bars and placed at the bar after them', () => {
    const candles = withTimes(candlesOf(lively(6)), minutes(1, 3, 1, 1, 2))
    expect(findingOf(candles, 'GAPS')).toMatchObject({
      verdict: 'fail',
      count: 3,
      share: 3 / 9,
      text: '3 bars missing in 2 gaps',
      places: [
        { bar: 2, timeMs: 4 * MINUTE, detail: '2 missing before this bar' },
        { bar: 5, timeMs: 8 * MINUTE, detail: '1 missing before this bar' },
      ],
    })
  })

  it('warn up to one bar in twenty', () => {
    const steps = Array.from({ length: 99 }, (_, bar) => (bar === 50 ? 2 : 1))
    expect(findingOf(withTimes(candlesOf(lively(100)), minutes(...steps)), 'GAPS')).toMatchObject({
      verdict: 'warn',
      count: 1,
      text: '1 bar missing in 1 gap',
    })
  })

  it('are measured by the usual step, not by a single short one', () => {
    const candles = withTimes(candlesOf(lively(6)), minutes(1, 1, 0.5, 1, 1))
    expect(findingOf(candles, 'GAPS')?.count).toBe(0)
  })
})

describe('ODD_STEPS', () => {
  it('are bars off the grid of the one before', () => {
    const candles = withTimes(candlesOf(lively(6)), minutes(1, 1, 1.5, 1, 2))
    expect(findingOf(candles, 'ODD_STEPS')).toMatchObject({
      verdict: 'fail',
      count: 1,
      places: [{ bar: 3, detail: '90000 ms after the bar before, where a bar has 60000 ms' }],
    })
  })
})

describe('DUPLICATE_BARS', () => {
  const rows = lively(500)

  it('repeat every price and the volume of a bar that moved', () => {
    const candles = withBars(rows, { 201: rows[200]! })
    expect(findingOf(candles, 'DUPLICATE_BARS')).toMatchObject({
      verdict: 'warn',
      count: 1,
      places: [{ bar: 201 }],
    })
  })

  it('are not those of another volume, nor those at one price', () => {
    const [open, high, low, close] = rows[200]!
    const flat: BarRow = [101, 101, 101, 101, 3]
    const candles = withBars(rows, { 201: [open, high, low, close, 1], 300: flat, 301: flat })
    expect(findingOf(candles, 'DUPLICATE_BARS')?.count).toBe(0)
  })
})

describe('SPIKES', () => {
  const rows = lively(1000)

  it('are bars with a range far out, by the source that stands out more', () => {
    expect(findingOf(withBars(rows, { 700: [100, 1000, 99, 101, 9] }), 'SPIKES')).toMatchObject({
      verdict: 'warn',
      count: 1,
      places: [
        { bar: 700, detail: expect.stringMatching(/^the high is 910\.1 % above the low, \d+ deviations/) },
      ],
    })
  })

  it('are closes that jump, down as well as up', () => {
    const jump: BarRow = [50, 50.1, 49.9, 50, 9]
    const finding = findingOf(withBars(rows, { 700: jump }), 'SPIKES')
    expect(finding?.count).toBe(2)
    expect(finding?.places.map(({ bar }) => bar)).toEqual([700, 701])
    expect(finding?.places[0]?.detail).toMatch(/^the close is -50\.\d % from the last/)
  })

  it('are not the moves of a block that is wild as a whole', () => {
    const wild = lively(1000).map(([open, high, low, close, volume = 1], bar): BarRow => {
      const size = bar >= 400 && bar < 600 ? 40 : 1
      const far = (price: number) => 100 + (price - 100) * size
      return [far(open), far(high), far(low + 0.1), far(close), volume]
    })
    const places = findingOf(candlesOf(wild), 'SPIKES')?.places.map(({ bar }) => bar)
    // The calm block that follows is right to find the way back odd.
    expect(places).toEqual([600])
  })

  it('are not the first moves of a market that mostly stands still', () => {
    const quiet = Array.from({ length: 1000 }, (_, bar): BarRow =>
      bar % 10 === 0 ? lively(bar + 1)[bar]! : [100, 100, 100, 100, 0],
    )
    expect(findingOf(candlesOf(quiet), 'SPIKES')?.count).toBe(0)
  })
})

describe('ZERO_VOLUME', () => {
  it.each<readonly [string, number, string]>([
    ['pass', 1, 'one in two hundred'],
    ['warn', 10, 'one in twenty'],
    ['fail', 50, 'one in four'],
  ])('gives %s for %i of 200 bars: %s', (verdict, count) => {
    const rows = lively(200).map(([open, high, low, close], bar): BarRow => [
      open,
      high,
      low,
      close,
      bar < count ? 0 : 1,
    ])
    expect(findingOf(candlesOf(rows), 'ZERO_VOLUME')).toMatchObject({ verdict, count, share: count / 200 })
  })

  it('names the first five places', () => {
    const rows = lively(200).map(([open, high, low, close]): BarRow => [open, high, low, close, 0])
    expect(findingOf(candlesOf(rows), 'ZERO_VOLUME')?.places.map(({ bar }) => bar)).toEqual([0, 1, 2, 3, 4])
  })
})

describe('FLAT_RUNS', () => {
  const flat = (price: number): BarRow => [price, price, price, price, 1]
  const rows = lively(1000)

  it('are five or more bars at one price', () => {
    const five = Object.fromEntries([500, 501, 502, 503, 504].map((bar) => [bar, flat(100)]))
    expect(findingOf(withBars(rows, five), 'FLAT_RUNS')).toMatchObject({
      verdict: 'warn',
      count: 5,
      text: '5 bars at an unmoving price, in 1 run of 5 or more',
      places: [{ bar: 500, timeMs: 500 * MINUTE, detail: '5 bars at 100' }],
    })
  })

  it('end where the price moves, and at the end of the series', () => {
    const four = Object.fromEntries([500, 501, 502, 503].map((bar) => [bar, flat(100)]))
    const next = Object.fromEntries([504, 505, 506, 507].map((bar) => [bar, flat(101)]))
    expect(findingOf(withBars(rows, { ...four, ...next }), 'FLAT_RUNS')?.count).toBe(0)
    const last = Object.fromEntries([993, 994, 995, 996, 997, 998, 999].map((bar) => [bar, flat(101)]))
    expect(findingOf(withBars(rows, last), 'FLAT_RUNS')?.count).toBe(7)
  })

  it('are not repeated bars that move', () => {
    expect(findingOf(candlesOf(Array.from({ length: 9 }, () => rows[1]!)), 'FLAT_RUNS')?.count).toBe(0)
  })
})
