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

/** Two paragraphs: the best Sharpe ratio against luck, the best objective against its neighbours. */
export const describeValidity = (validity: SweepValidity): string => {
  const { objective, best, deflatedSharpe, plateau } = validity
  return [
    headOf('Sharpe ratio', deflatedSharpe.run && { ...deflatedSharpe.run, value: deflatedSharpe.sharpe }),
    ...luckLines(deflatedSharpe),
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

const groundLines = (ground: SweepValidity['plateau']): readonly string[] => {
  const { score, reason, neighbours, edges, missing, meanLoss, worstLoss } = ground
  return [
    `  neighbours: ${neighbours}, missing: ${missing}, steps off the grid: ${edges}`,
    score === null
      ? `  plateau score: – (${reason})`
      : `  plateau score: ${ratio(score)}; the neighbours lose ${percent(meanLoss)} on average, ${percent(worstLoss)} at worst`,
  ]
}
