import type { SweepValidity } from '@botcriptofy/contracts/sweep'
import { expect, it } from 'vitest'
import { describeValidity } from './validity.ts'

const run = { ordinal: 3, params: { 'indicators.fast.params.period': 10, 'stopLoss.fraction': 0.05 } }
const validity: SweepValidity = {
  sweepId: '0198c0de-0000-7000-8000-000000000001',
  objective: 'calmar',
  runs: 120,
  failed: 0,
  best: { ...run, value: 3.25 },
  deflatedSharpe: {
    value: 0.9004,
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
    probability: 0.4126,
    reason: null,
    runs: 120,
    compared: 110,
    blocks: 16,
    splits: 12_870,
    probabilityOfLoss: 0.05,
    slope: 0.5,
  },
  halves: {
    rankCorrelation: 0.374,
    reason: null,
    runs: 120,
    compared: 110,
    days: { first: 625, second: 626 },
    best: { ...run, first: { sharpe: -0.167, place: 9 }, second: { sharpe: 2.471, place: 1 } },
    chosen: {
      ordinal: 5,
      params: { 'indicators.fast.params.period': 16, 'stopLoss.fraction': 0.05 },
      first: { sharpe: 2.797, place: 1 },
      second: { sharpe: -0.427, place: 13 },
    },
  },
  plateau: {
    score: 0.7375,
    reason: null,
    neighbours: 4,
    edges: 0,
    missing: 1,
    meanLoss: 0.2625,
    worstLoss: 0.5,
  },
}

it('says how far the best run is to be believed', () => {
  expect(describeValidity(validity)).toBe(`best Sharpe ratio: 2.50 with fast 10, stopLoss 0.05
  runs that count: 100, their Sharpe ratios deviate by 0.71
  expected of the best without any skill: 1.79
  deflated Sharpe ratio: 90.04 % over 1250 daily returns; below 95 % luck explains it
choosing the best of 110 of 120 runs, 12870 times on half of the days
  probability of overfitting: 41.26 %; near 50 % choosing chooses noise
  the chosen one loses on the other half: 5.00 %
first 625 days against the 626 behind them, 110 runs; all ranked with sight of both
  rank correlation: 0.37; near 0 the first half says nothing of the second
  the best of the first: Sharpe ratio 2.80, then -0.43, places 1 and 13 of 110, with fast 16, stopLoss 0.05
  the best of all: Sharpe ratio -0.17, then 2.47, places 9 and 1 of 110, with fast 10, stopLoss 0.05
best calmar: 3.25 with fast 10, stopLoss 0.05
  neighbours: 4, missing: 1, steps off the grid: 0
  plateau score: 0.74; the neighbours lose 26.25 % on average, 50.00 % at worst
`)
})

it('says why there is nothing to say', () => {
  const none = {
    score: null,
    reason: 'NO_OBJECTIVE',
    meanLoss: null,
    worstLoss: null,
    neighbours: 0,
    missing: 0,
  }
  const nothing = {
    value: null,
    reason: 'TOO_FEW_TRIALS',
    run: null,
    sharpe: null,
    observations: null,
    trials: 0,
  }
  const noSpread = { trialDeviation: null, expectedMaximum: null }
  expect(
    describeValidity({
      ...validity,
      best: null,
      deflatedSharpe: { ...validity.deflatedSharpe, ...nothing, ...noSpread },
      overfitting: { ...validity.overfitting, runs: 0, probability: null, reason: 'TOO_FEW_TRIALS' },
      halves: {
        rankCorrelation: null,
        reason: 'TOO_FEW_TRIALS',
        runs: 0,
        compared: 0,
        days: null,
        best: null,
        chosen: null,
      },
      plateau: { ...validity.plateau, ...none },
    }),
  ).toBe(`best Sharpe ratio: –
  runs that count: 0, their Sharpe ratios deviate by –
  expected of the best without any skill: –
  deflated Sharpe ratio: – (TOO_FEW_TRIALS)
choosing the best of 0 runs
  overfitting: – (TOO_FEW_TRIALS)
first half against second: – (TOO_FEW_TRIALS)
best calmar: –
  neighbours: 0, missing: 0, steps off the grid: 0
  plateau score: – (NO_OBJECTIVE)
`)
})
