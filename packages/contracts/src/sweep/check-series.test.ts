import type { Axis, Search } from '@botcriptofy/engine/sweep'
import { describe, expect, it } from 'vitest'
import { seriesProblem } from './check-series.ts'

const axes: readonly Axis[] = [['p', Array.from({ length: 50_000 }, (_, k) => k)]]
const few: readonly Axis[] = [['p', [1, 2]]]
const grid: Search = { method: 'grid' }
const seriesOf = (...symbols: readonly string[]) =>
  symbols.map((symbol) => ({ venue: 'v', symbol, timeframe: '1h' }))

describe('a sweep over several series', () => {
  it.each<Search>([
    grid,
    { method: 'random', runs: 9, seed: 1 },
    { method: 'latin_hypercube', runs: 9, seed: 1 },
  ])('goes with %j', (search) => {
    expect(seriesProblem({ axes: few, search, series: seriesOf('A/B', 'C/D') })).toBeNull()
  })

  it.each<Search>([
    { method: 'tpe', runs: 9, seed: 1, startup: 3, batch: 3, gamma: 0.2, candidates: 8 },
    { method: 'successive_halving', sample: 'random', runs: 9, seed: 1, eta: 3, minShare: 0.1 },
  ])('does not go with $method, which tries others on each', (search) => {
    expect(seriesProblem({ axes: few, search, series: seriesOf('A/B') })).toBeNull()
    expect(seriesProblem({ axes: few, search, series: seriesOf('A/B', 'C/D') })).toMatchObject({
      path: 'search.method',
      actual: search.method,
    })
  })

  it('names no series twice, whatever the range', () => {
    const [first, second, third] = seriesOf('A/B', 'C/D', 'A/B')
    const series = [first!, second!, { ...third!, from: 5 }]
    expect(seriesProblem({ axes: few, search: grid, series })).toEqual({
      path: 'alsoOn.1',
      expected: 'a series that is not named before',
      actual: 'v A/B 1h',
    })
    const other = [first!, second!, { ...third!, timeframe: '4h' }]
    expect(seriesProblem({ axes: few, search: grid, series: other })).toBeNull()
  })

  it('has as many runs over all series as one sweep may have', () => {
    const three = { axes, search: grid, series: seriesOf('A/B', 'C/D', 'E/F') }
    expect(seriesProblem({ ...three, series: seriesOf('A/B', 'C/D') })).toBeNull()
    expect(seriesProblem(three)).toMatchObject({ path: 'alsoOn', actual: '150000' })
    expect(seriesProblem({ ...three, budget: { runs: 33_333 } })).toBeNull()
    expect(seriesProblem({ ...three, search: { method: 'random', runs: 40_000, seed: 1 } })).toMatchObject({
      actual: '120000',
    })
  })
})
