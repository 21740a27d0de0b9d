import type { sweepRunPage } from '@botcriptofy/contracts/sweep'
import Table from 'cli-table3'
import type { z } from 'zod'

export type SweepRun = z.infer<typeof sweepRunPage>['items'][number]

export const percent = (value: number | null | undefined) =>
  value == null ? '–' : `${(value * 100).toFixed(2)} %`
export const ratio = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(2))

/** `indicators.fast.params.period` is "fast" to people, `stopLoss.fraction` is "stopLoss". */
export const shortName = (path: string) =>
  /^indicators\.([^.]+)\.params\./.exec(path)?.[1] ?? path.replace(/\.fraction$/, '')

export const describeParams = (params: SweepRun['params']): string =>
  Object.entries(params)
    .map(([path, value]) => `${shortName(path)} ${value}`)
    .join(', ')

const describeTrades = ({ metrics, lowSample, error }: SweepRun) =>
  error === null
    ? `${metrics?.trades ?? '–'}${lowSample === true ? ' (low sample)' : ''}`
    : `failed: ${error.code}`

const describeScore = ({ score, violation }: SweepRun) =>
  `${ratio(score)}${violation > 0 ? ' (breaks a constraint)' : ''}`

/** Runs of a sweep as a table, in the order given. */
export const renderSweepRuns = (runs: readonly SweepRun[]): string => {
  const table = new Table({
    head: [
      'parameters',
      'return',
      'buy & hold',
      'Sharpe',
      'max. drawdown',
      'trades',
      'final equity',
      'score',
    ],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const run of runs) {
    table.push([
      describeParams(run.params),
      percent(run.metrics?.totalReturn),
      percent(run.metrics?.buyAndHold),
      ratio(run.metrics?.sharpe),
      percent(run.metrics?.maxDrawdown),
      describeTrades(run),
      run.finalEquity?.toFixed(2) ?? '–',
      describeScore(run),
    ])
  }
  return `${table.toString()}\n`
}
