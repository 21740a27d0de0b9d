import type { SweepValidity } from '@botcriptofy/contracts/sweep'
import { describe, expect, it } from 'vitest'
import { renderHtml } from '../page/html.ts'
import { validitySection } from './validity.ts'

const FAST = 'indicators.fast.params.period'
const run = { ordinal: 3, params: { [FAST]: 10, 'stopLoss.fraction': 0.05 } }

const sound: SweepValidity = {
  sweepId: '0198c0de-0000-7000-8000-000000000001',
  objective: 'sharpe',
  runs: 120,
  failed: 0,
  best: { ...run, value: 2.5 },
  deflatedSharpe: {
    value: 0.9612,
    reason: null,
    run,
    sharpe: 2.5,
    observations: 1250,
    skew: 0,
    excessKurtosis: 1,
    trials: 100,
    trialDeviation: 0.707,
    expectedMaximum: 1.789,
    periodsPerYear: 365,
  },
  overfitting: {
    probability: 0.125,
    reason: null,
    runs: 120,
    compared: 110,
    blocks: 16,
    splits: 12_870,
    probabilityOfLoss: 0.05,
    slope: 0.5,
  },
  halves: null,
  plateau: {
    score: 0.9,
    reason: null,
    neighbours: 4,
    edges: 0,
    missing: 0,
    meanLoss: 0.1,
    worstLoss: 0.2,
  },
}
const withLuck = (over: Partial<SweepValidity['deflatedSharpe']>): SweepValidity => ({
  ...sound,
  deflatedSharpe: { ...sound.deflatedSharpe, ...over },
})
const withChoice = (over: Partial<SweepValidity['overfitting']>): SweepValidity => ({
  ...sound,
  overfitting: { ...sound.overfitting, ...over },
})
const onGround = (over: Partial<SweepValidity['plateau']>): SweepValidity => ({
  ...sound,
  plateau: { ...sound.plateau, ...over },
})
const noGround = { score: null, meanLoss: null, worstLoss: null, neighbours: 0 }

/** What a reader sees, as one line. */
const textOf = (validity: SweepValidity): string =>
  renderHtml(validitySection(validity, 'sharpe'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

describe('the section "Is it real?"', () => {
  it('says all in words with the numbers behind them', () => {
    const text = textOf(sound)
    expect(text).not.toContain('Caution')
    expect(text).toContain(
      'The best of 100 runs without any skill would show a yearly Sharpe ratio of about 1.789. This one shows 2.500. ' +
        'Over 1,250 daily returns of their shape, the probability that its true Sharpe ratio is above that is 96.12%.',
    )
    expect(text).toContain(
      '4 neighbours, each one step away along a parameter, lose 10.00% of the objective on average, 20.00% at worst.',
    )
    expect(text).toContain(
      'In 12,870 ways to take half of the days, the run (110 of 120, evenly taken) that is best there comes out in ' +
        'the lower half of all runs on the other days in 12.50%.',
    )
    expect(text).toContain('Probability of loss 5.00%')
    expect(text).toContain('fast period 10, stopLoss fraction 0.05')
    expect(text).toContain('Plateau score 0.900')
    expect(text).toContain('Deviation between runs 0.707')
  })

  it.each<[string, SweepValidity, readonly string[]]>([
    ['a low probability', withLuck({ value: 0.9499 }), ['the deflated Sharpe ratio is 94.99%, below 95%.']],
    ['a spike', onGround({ meanLoss: 0.31 }), ['the neighbours of the best run lose 31.00% on average.']],
    ['choosing noise', withChoice({ probability: 0.26 }), ['the probability of overfitting is 26.00%.']],
    [
      'both',
      { ...onGround({ meanLoss: 2 }), deflatedSharpe: withLuck({ value: 0 }).deflatedSharpe },
      ['is 0.00%, below 95%, and the neighbours of the best run lose 200.00%'],
    ],
  ])('warns of %s', (_what, validity, parts) => {
    expect(textOf(validity)).toContain('Caution:')
    for (const part of parts) expect(textOf(validity)).toContain(part)
  })

  it.each<[string, SweepValidity, string]>([
    ['few days', withLuck({ value: null, reason: 'TOO_FEW_DAYS' }), 'fewer than 30 daily returns'],
    ['a metric code', withLuck({ value: null, reason: 'ZERO_VARIANCE' }), 'from luck: nothing varies'],
    ['a code of a newer engine', withLuck({ value: null, reason: 'SOMETHING_NEW' }), 'SOMETHING_NEW'],
    [
      'few days for blocks',
      withChoice({ probability: null, reason: 'TOO_FEW_DAYS' }),
      'cannot be told: the candles are fewer than 20 days.',
    ],
    [
      'runs of before',
      withChoice({ probability: null, reason: 'UNKNOWN_BLOCKS' }),
      'computed by a version that did not keep their returns',
    ],
    ['one trial', withLuck({ trials: 1, expectedMaximum: 0 }), 'One run alone was not selected'],
    ['no neighbours', onGround({ ...noGround, reason: 'NO_NEIGHBOURS' }), 'stands one step away'],
    ['an objective of zero', onGround({ ...noGround, reason: 'ZERO_OBJECTIVE' }), 'nothing can be lost'],
    ['an edge', onGround({ edges: 1 }), 'One step leads off the grid, which may end too early.'],
    ['a hole', onGround({ missing: 2 }), '2 neighbours are missing.'],
    ['one neighbour', onGround({ neighbours: 1 }), 'One neighbour, one step away along a parameter, loses'],
  ])('tells %s without a caution', (_what, validity, part) => {
    expect(textOf(validity)).toContain(part)
    expect(textOf(validity)).not.toContain('Caution')
  })

  it('escapes the names of parameters', () => {
    const hostile = { ...run, params: { '<img src=x>': 1 } }
    const validity = { ...withLuck({ run: hostile }), best: { ...hostile, value: 1 } }
    expect(renderHtml(validitySection(validity, 'sharpe'))).not.toContain('<img')
  })
})
