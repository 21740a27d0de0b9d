import type { MonteCarloResult, Percentiles } from '@botcriptofy/engine/validity'
import Table from 'cli-table3'
import { NO_RULES } from '../table-style.ts'

export interface Described {
  readonly result: MonteCarloResult
  readonly startEquity: number
  /** What was done to what, for the first line. */
  readonly title: string
  /** The backtest itself has too few trades or days to say much. */
  readonly lowSample: boolean
}

const money = (value: number): string => value.toFixed(2)
const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`

const KEYS = ['p5', 'p25', 'p50', 'p75', 'p95'] as const satisfies readonly (keyof Percentiles)[]

const percentileTable = ({ result, startEquity }: Described): string => {
  const { observed, finalEquity, maxDrawdown } = result
  const table = new Table({
    head: ['', 'as it was', '5 %', '25 %', '50 %', '75 %', '95 %'],
    colAligns: ['left', ...KEYS.map(() => 'right' as const), 'right'],
    style: { head: [], border: [] },
    chars: NO_RULES,
  })
  const row = (label: string, seen: string, cell: (key: (typeof KEYS)[number]) => string): void => {
    table.push([label, seen, ...KEYS.map(cell)])
  }
  row('final equity', money(observed.finalEquity), (key) => money(finalEquity[key]))
  row('return', percent(observed.finalEquity / startEquity - 1), (key) =>
    percent(finalEquity[key] / startEquity - 1),
  )
  row('deepest drawdown', percent(observed.maxDrawdown), (key) => percent(maxDrawdown[key]))
  return table.toString()
}

/** For people: the percentiles of the runs beside what was seen, and the share of runs that end badly. */
export const describeMonteCarlo = (described: Described): string => {
  const { result, title, lowSample } = described
  const sample = lowSample ? ' (low sample)' : ''
  const falls = result.probabilityOfDrawdown.map(
    ({ fraction, probability }) => `  falls by more than ${percent(fraction)}: ${percent(probability)}\n`,
  )
  return (
    `${title}${sample}\n${percentileTable(described)}\n` +
    `of the runs, this share\n` +
    `  ends with a loss: ${percent(result.probabilityOfLoss)}\n` +
    `  falls deeper than the backtest did: ${percent(result.deeperThanObserved)}\n${falls.join('')}`
  )
}
