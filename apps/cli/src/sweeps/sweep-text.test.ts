import { sweepView } from '@botcriptofy/contracts/sweep'
import { describe, expect, it } from 'vitest'
import { describeSweep } from './sweep-text.ts'

const sweepOf = (ranking: object) =>
  sweepView.parse({
    id: '0198c0de-0000-7000-8000-000000000001',
    status: 'completed',
    progress: { done: 4, total: 4, fraction: 1 },
    strategyName: 'sma-cross',
    strategySha256: 'a',
    venue: 'testex',
    symbol: 'BTC/USD',
    timeframe: '1h',
    isSimulated: false,
    fromMs: 0,
    toMs: 1,
    bars: 1,
    datasetDigest: 'd',
    engineRevision: 2,
    fees: { feeRate: 0, slippageRate: 0 },
    error: null,
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: 0,
    objective: 'sharpe',
    combinations: 4,
    computed: 4,
    failed: 0,
    strategy: {},
    config: {},
    parameters: {},
    ...ranking,
  })

const HEAD = 'sma-cross on testex BTC/USD 1h: completed, 4/4 done, 4 computed\n'
const fees = { metric: 'fees', weight: 1, direction: 'minimize' }

describe('describeSweep', () => {
  it('says nothing of a score that is a metric of the table', () => {
    expect(describeSweep(sweepOf({}))).toBe(HEAD)
    const scoring = { terms: [{ metric: 'sharpe', weight: 1, direction: 'maximize' }], constraints: [] }
    expect(describeSweep(sweepOf({ scoring }))).toBe(HEAD)
  })

  it.each([
    ['-fees', [fees], [], 'score: -fees, the highest first'],
    [
      '0.7 sharpe - fees',
      [{ metric: 'sharpe', weight: 0.7, direction: 'maximize' }, fees],
      [
        { metric: 'trades', atLeast: 30 },
        { metric: 'exposureTime', atLeast: 0.1, atMost: 0.5 },
      ],
      'score: 0.7 sharpe - fees, the highest first; runs come last unless trades at least 30, ' +
        'exposureTime at least 0.1, exposureTime at most 0.5',
    ],
  ])('says what the score %s is', (objective, terms, constraints, line) => {
    expect(describeSweep(sweepOf({ objective, scoring: { terms, constraints } }))).toBe(`${HEAD}  ${line}\n`)
  })
})
