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
  readonly over: 'trades' | 'days'
  /** Deepest drawdown of the backtest itself, at the closes of its bars; null where it is not known. */
  readonly fell: number | null
}

const money = (value: number): string => value.toFixed(2)
const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`

/** A step has one end, and what lay below it in between is in no drawdown of the table. */
const drawdownNote = ({ over, fell }: Described): string =>
  fell === null
    ? ''
    : `drawdowns are those at the ${over === 'trades' ? 'closes of trades' : 'ends of days'}; ` +
      `bar by bar${over === 'trades' ? ', positions open,' : ''} the backtest itself fell by ${percent(-fell)}\n`

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
    drawdownNote(described) +
    `of the runs, this share\n` +
    `  ends with a loss: ${percent(result.probabilityOfLoss)}\n` +
    `  falls deeper than as it was: ${percent(result.deeperThanObserved)}\n${falls.join('')}`
  )
}
