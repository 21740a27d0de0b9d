import { type SweepValidity, sweepValidity } from '@botcriptofy/contracts/sweep'
import type { Command } from 'commander'
import { connect } from '../client/connect.ts'
import { printJson } from '../runs/options.ts'
import { describeParams, percent, ratio } from './sweep-table.ts'

export const addValidity = (sweeps: Command): void => {
  sweeps
    .command('validity')
    .description('is it real? the best run of a sweep that has ended, against luck and its neighbours')
    .argument('<id>')
    .option('--json', 'print one JSON object')
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      const validity = await connect().get(`/v1/sweeps/${encodeURIComponent(id)}/validity`, sweepValidity)
      if (json === true) printJson(validity)
      else process.stdout.write(describeValidity(validity))
    })
}

/** The best Sharpe ratio against luck, choosing the best at all, and the best objective against its neighbours. */
export const describeValidity = (validity: SweepValidity): string => {
  const { objective, best, deflatedSharpe, overfitting, halves, plateau } = validity
  return [
    headOf('Sharpe ratio', deflatedSharpe.run && { ...deflatedSharpe.run, value: deflatedSharpe.sharpe }),
    ...luckLines(deflatedSharpe),
    ...choiceLines(overfitting),
    ...(halves === null ? [] : halvesLines(halves)),
    headOf(objective, best),
    ...groundLines(plateau),
    '',
  ].join('\n')
}

interface BestRun {
  readonly params: Readonly<Record<string, number>>
  readonly value: number | null
}

const headOf = (name: string, run: BestRun | null): string =>
  run === null ? `best ${name}: –` : `best ${name}: ${ratio(run.value)} with ${describeParams(run.params)}`

const luckLines = (deflated: SweepValidity['deflatedSharpe']): readonly string[] => {
  const { value, reason, trials, trialDeviation, expectedMaximum, observations } = deflated
  return [
    `  runs that count: ${trials}, their Sharpe ratios deviate by ${ratio(trialDeviation)}`,
    `  expected of the best without any skill: ${ratio(expectedMaximum)}`,
    value === null
      ? `  deflated Sharpe ratio: – (${reason})`
      : `  deflated Sharpe ratio: ${percent(value)} over ${observations} daily returns; below 95 % luck explains it`,
  ]
}

const choiceLines = (overfitting: SweepValidity['overfitting']): readonly string[] => {
  const { probability, reason, runs, compared, splits, probabilityOfLoss } = overfitting
  if (probability === null) return [`choosing the best of ${runs} runs`, `  overfitting: – (${reason})`]
  const taken = compared < runs ? `${compared} of ${runs}` : `${runs}`
  return [
    `choosing the best of ${taken} runs, ${splits} times on half of the days`,
    `  probability of overfitting: ${percent(probability)}; near 50 % choosing chooses noise`,
    `  the chosen one loses on the other half: ${percent(probabilityOfLoss)}`,
  ]
}

type Halves = NonNullable<SweepValidity['halves']>

const halvesLines = ({
  rankCorrelation,
  reason,
  compared,
  days,
  best,
  chosen,
}: Halves): readonly string[] => {
  if (days === null || chosen === null) return [`first half against second: – (${reason})`]
  const runLine = (name: string, { params, first, second }: NonNullable<Halves['best']>) =>
    `  ${name}: Sharpe ratio ${ratio(first.sharpe)}, then ${ratio(second.sharpe)}, places ${first.place} and ` +
    `${second.place} of ${compared}, with ${describeParams(params)}`
  return [
    `first ${days.first} days against the ${days.second} behind them, ${compared} runs; all ranked with sight of both`,
    rankCorrelation === null
      ? `  rank correlation: – (${reason})`
      : `  rank correlation: ${ratio(rankCorrelation)}; near 0 the first half says nothing of the second`,
    runLine('the best of the first', chosen),
    ...(best === null ? [] : [runLine('the best of all', best)]),
  ]
}

const groundLines = (ground: SweepValidity['plateau']): readonly string[] => {
  const { score, reason, neighbours, edges, missing, meanLoss, worstLoss } = ground
  return [
    `  neighbours: ${neighbours}, missing: ${missing}, steps off the grid: ${edges}`,
    score === null
      ? `  plateau score: – (${reason})`
      : `  plateau score: ${ratio(score)}; the neighbours lose ${percent(meanLoss)} on average, ${percent(worstLoss)} at worst`,
  ]
}
