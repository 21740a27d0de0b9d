import { describe, expect, it } from 'vitest'
import { decode } from '../page/decode.fixture.ts'
import type { SweepReportData } from './data.ts'
import { binAxis, heatMaps } from './heat-maps.ts'
import { evenPlaces, medianOf, rankRows } from './ranking.ts'
import { renderSweepReport, sweepReportPolicy } from './report.ts'
import { FAST, manyRuns, SLOW, STOP, sweepOf } from '../../../../tests/browser/sweep-report.fixture.ts'
import { curveRows } from './tear-sheet.ts'

const sweep = sweepOf([
  [FAST, [5, 10, 20]],
  [SLOW, [30, 60]],
])
const { NaN: nothing } = Number

const withObjectives = (...values: number[]): SweepReportData['trials'] => ({
  ...sweep.trials,
  ordinal: Int32Array.from(values.keys()),
  objective: Float64Array.from(values),
  isFailed: new Uint8Array(values.length),
  violation: new Float64Array(values.length),
  share: new Float64Array(values.length).fill(1),
})

describe('ranking', () => {
  it('puts the largest objective first, undefined ones last, and ties in the order of their ordinals', () => {
    expect([...rankRows(withObjectives(0.5, nothing, -1, 2, nothing, 2))]).toEqual([3, 5, 0, 2, 1, 4])
  })

  it('leaves failed runs out', () => {
    expect([...rankRows({ ...withObjectives(1, 2, 3), isFailed: Uint8Array.of(0, 0, 1) })]).toEqual([1, 0])
  })

  it('puts runs that break a constraint after those that keep them, and leaves out those over part of the bars', () => {
    const trials = {
      ...withObjectives(4, 3, 2, 1, nothing),
      violation: Float64Array.of(0.5, 0, 0.1, 0, 0),
      share: Float64Array.of(1, 0.3, 1, 1, 1),
    }
    expect([...rankRows(trials)]).toEqual([3, 2, 0, 4])
  })

  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[1, nothing], 1],
    [[nothing], null],
    [[], null],
  ])('has the median of %j at %s', (values, median) => {
    expect(medianOf(Float64Array.from(values))).toBe(median)
  })

  it.each([
    [3, 5, [0, 1, 2]],
    [11, 3, [0, 5, 10]],
    [0, 4, []],
  ])('finds of %i places %i at even distances', (total, count, places) => {
    expect(evenPlaces(total, count)).toEqual(places)
  })
})

describe('heat maps', () => {
  const trials: SweepReportData['trials'] = {
    ...sweep.trials,
    paths: ['a', 'b', 'c'],
    ordinal: Int32Array.of(0, 1, 2, 3, 4),
    params: [Float64Array.of(1, 1, 1, 2, 2), Float64Array.of(7, 7, 7, 7, 8), Float64Array.of(1, 2, 3, 1, 1)],
    objective: Float64Array.of(0.5, 0.75, -1, 9, nothing),
    violation: Float64Array.of(0, 0, 0, 0.2, 0),
    share: new Float64Array(5).fill(1),
    isFailed: Uint8Array.of(0, 0, 0, 0, 1),
  }
  const parameters = [
    { path: 'a', values: [1, 2] },
    { path: 'fixed', values: [4] },
    { path: 'b', values: [7, 8] },
    { path: 'c', values: [1, 2, 3] },
  ]
  const { axes, maps } = heatMaps({ ...sweep, parameters, trials })

  it('are made of every pair of parameters that vary', () => {
    expect(axes.map(({ path }) => path)).toEqual(['a', 'b', 'c'])
    expect(maps.map(({ across, down }) => [across, down])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ])
  })

  it('have the best and the median over the other parameters, and count what failed or has no value', () => {
    const [first] = maps
    expect([...decode.float32(first!.best)]).toEqual([0.75, nothing, nothing, nothing])
    expect([...decode.float32(first!.median)]).toEqual([0.5, nothing, nothing, nothing])
    expect(decode.naturals(first!.runs)).toEqual([3, 0, 0, 0])
    expect(decode.naturals(first!.failed)).toEqual([0, 0, 0, 1])
    expect(decode.naturals(first!.unranked)).toEqual([0, 1, 0, 0])
  })

  it('are one row for one parameter', () => {
    const only = heatMaps({ ...sweep, parameters: parameters.slice(0, 1), trials })
    expect(only.maps).toMatchObject([{ across: 0, down: null }])
    expect(decode.naturals(only.maps[0]!.runs)).toEqual([3, 0])
  })

  it('cut a parameter of many values into equal steps that hold every value', () => {
    const values = Array.from({ length: 1001 }, (_, k) => k / 10)
    const { labels, bounds, binOf } = binAxis('x', values)
    expect([labels.length, labels[0], labels.at(-1)]).toEqual([40, '0–2.5', '97.5–100'])
    for (const value of values) {
      const [low, high] = bounds[binOf(value)]!
      expect(value).toBeGreaterThanOrEqual(low)
      expect(value).toBeLessThanOrEqual(high)
    }
  })
})

describe('the drawn rows of a curve', () => {
  it('keep both ends and every extreme of a stretch', () => {
    const equity = Float64Array.from({ length: 100_000 }, (_, row) => (row === 54_321 ? 9 : Math.sin(row)))
    const rows = curveRows(equity)
    expect(rows.length).toBeLessThanOrEqual(1402)
    expect(rows).toEqual(rows.toSorted((a, b) => a - b))
    expect([rows[0], rows.at(-1), rows.includes(54_321)]).toEqual([0, 99_999, true])
  })

  it.each([0, 1, 2])('are all of %i', (length) => {
    expect(curveRows(new Float64Array(length))).toHaveLength(length)
  })
})

describe('a sweep report', () => {
  const page = renderSweepReport(sweep)

  it('lists every run, the best first, linked, and warns of luck', () => {
    const [best] = rankRows(sweep.trials)
    expect(page.match(/<tr data-ordinal=/g)).toHaveLength(6)
    expect(/<tr data-ordinal="(\d+)"/.exec(page)?.[1]).toBe(String(best))
    expect(page).toContain('The best of 6 runs is partly luck.')
    expect(page).toContain(`href="https://engine.example/v1/sweeps/${sweep.id}/runs/${best}"`)
    expect(page).toContain('Simulated data')
    expect(page).toContain('All 6 runs are drawn.')
    expect(page).not.toContain('are listed.')
  })

  it('says how far the best run is to be believed', () => {
    expect(page).toContain('Is it real?')
    expect(page).toContain('The best of 6 runs without any skill')
    // 125 days of hourly bars, of which the slow average takes less than three.
    expect(page).toMatch(/Over 12[345] daily returns/)
  })

  it('has the equity, the drawdown, the months and the key metrics of the best run', () => {
    expect(page).toContain('id="equity-chart"')
    expect(page).toContain('id="drawdown-chart"')
    expect(page).toContain('Monthly returns')
    expect(page).toContain('Final equity')
    const kept = renderSweepReport({ ...sweep, best: null })
    expect(kept).not.toContain('id="equity-chart"')
    expect(kept).toContain('id="best"')
  })

  it('says how many failed and how many never ran', () => {
    const some = sweepOf([[FAST, [5, 10, 20]]], (ordinal) => ordinal === 1)
    expect(renderSweepReport({ ...some, notRun: 7 })).toContain('1 failed, 7 not run')
  })

  it('says of a large sweep how much of it is listed and drawn, within two megabytes', () => {
    const side = 316
    const trials = manyRuns(side, (a, b) => Math.sin(a / 40) * Math.cos(b / 60) + Math.PI / 7)
    const values = Array.from({ length: side }, (_, k) => k)
    const large = renderSweepReport({
      ...sweep,
      trials,
      parameters: ['a', 'b'].map((path) => ({ path, values })),
    })
    expect(large).toContain('Of 99,856 runs the best 1,000 are listed.')
    expect(large).toContain('Of 99,856 runs 1,000 are drawn: the best 500, and 500 at even distances')
    expect(large).toContain('cut into 40 steps')
    expect(large.length).toBeLessThan(2_000_000)
  })

  it('names a score that is no metric, with a column of its own', () => {
    const scored = renderSweepReport({ ...sweep, score: '2 × sharpe + calmar' })
    expect(scored).toContain('ranked by 2 × sharpe + calmar')
    expect(scored).toContain('Best Score')
    expect(scored).toContain('data-filter="score"')
    expect(page).not.toContain('data-filter="score"')
  })

  it('loads nothing and escapes what users name', () => {
    const hostile = renderSweepReport({
      ...sweep,
      strategyName: '<script>x</script>',
      parameters: [{ path: '"><img src=x>', values: [1, 2] }],
      trials: { ...sweep.trials, paths: ['"><img src=x>', '</script><script>y'] },
    })
    expect(hostile).not.toContain('<script>x')
    expect(hostile).not.toContain('<script>y')
    expect(hostile).not.toContain('<img')
    expect(page).not.toMatch(/<(?:link|iframe|img)\b|\ssrc=/)
    expect(sweepReportPolicy()).toContain("default-src 'none'")
  })

  it('renders a sweep in which nothing completed', () => {
    const nothingDone = renderSweepReport({
      ...sweep,
      trials: { ...sweep.trials, isFailed: new Uint8Array(6).fill(1) },
      best: null,
    })
    expect(nothingDone).toContain('No run completed.')
    expect(nothingDone).not.toContain('Is it real?')
  })

  it('is the same text for the same data, with a third parameter too', () => {
    const three = sweepOf([
      [FAST, [5, 10]],
      [SLOW, [30, 60]],
      [STOP, [0.02, 0.04]],
    ])
    expect(renderSweepReport(three)).toBe(renderSweepReport(three))
    expect(renderSweepReport(three)).toContain('id="map-of"')
  })
})
