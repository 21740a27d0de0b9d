import { readFileSync } from 'node:fs'
import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { describe, expect, it } from 'vitest'
import { inputProblems } from '../input/index.ts'
import { objectiveInput } from './objective.ts'
import { resultsQuery } from './sweep.http.ts'

const problemOf = (schema: typeof resultsQuery | typeof objectiveInput, input: unknown) =>
  inputProblems(schema.safeParse(input).error!, input)

const LIST = '(docs/guides/sweeps.md lists all)'

describe('a name of no metric', () => {
  it.each([
    ['sharp', 'sharpe'],
    ['Drawdown', 'maxDrawdown'],
    ['total_return', 'totalReturn'],
    ['-profit_facter', 'profitFactor'],
    ['nope', 'sharpe, totalReturn, maxDrawdown'],
    ['', 'sharpe, totalReturn, maxDrawdown'],
  ])('%s is answered with %s', (sort, near) => {
    const [problem, ...others] = problemOf(resultsQuery, { sort })
    expect(others).toEqual([])
    expect(problem).toMatchObject({ path: 'sort', actual: JSON.stringify(sort) })
    expect(problem?.expected).toMatch(new RegExp(`^a metric such as .*\\b${near}\\b`))
    expect(problem?.expected).toContain(LIST)
  })

  it('is told from an object where both are taken', () => {
    const [problem] = problemOf(objectiveInput, 'sharp')
    expect(problem?.expected).toMatch(/^an object or a metric such as sharpe \(/)
    const [inside] = problemOf(objectiveInput, {
      constraints: [{ metric: 'trade', atLeast: 3 }],
      metric: 'sqn',
    })
    expect(inside?.path).toBe('constraints[0].metric')
    expect(inside?.expected).toMatch(/^a metric such as .*\btrades\b/)
  })

  it('is found in the list that the message names', () => {
    const guide = readFileSync(new URL('../../../../docs/guides/sweeps.md', import.meta.url), 'utf8')
    const list = /The metrics are (.*?)\.\n\n/s.exec(guide)?.[1] ?? ''
    expect([...list.matchAll(/`([a-zA-Z0-9]+)`/g)].map(([, name]) => name)).toEqual([...METRIC_KEYS])
  })
})
