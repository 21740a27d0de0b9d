import type { OverSeriesPage } from '@botcriptofy/contracts/sweep'
import Table from 'cli-table3'
import { describeParams, percent, ratio } from './sweep-table.ts'

/** The series with how far they are, and the combinations over them in the order given. */
export const renderOverSeries = ({ series, items }: OverSeriesPage): string => {
  const table = new Table({
    head: [
      'parameters',
      'profitable',
      'worst score',
      'median score',
      ...series.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`),
    ],
    colAligns: ['left', ...series.map(() => 'right' as const), 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { params, completed, kept, profitable, worst, median, runs } of items) {
    const broken = kept < completed ? ` (breaks a constraint on ${completed - kept})` : ''
    const cells = series.map(({ id }) => {
      const run = runs.find(({ sweepId }) => sweepId === id)
      return run === undefined ? '–' : `${ratio(run.score)}, ${percent(run.totalReturn)}`
    })
    table.push([
      describeParams(params),
      `${profitable} of ${series.length}${broken}`,
      ratio(worst),
      ratio(median),
      ...cells,
    ])
  }
  return `${series.map(lineOf).join('')}score and return by series:\n${table.toString()}\n`
}

const lineOf = ({
  id,
  venue,
  symbol,
  timeframe,
  isSimulated,
  status,
  progress,
}: OverSeriesPage['series'][number]) =>
  `${id} ${venue} ${symbol} ${timeframe}${isSimulated ? ' SIMULATED' : ''}: ${status}, ` +
  `${progress.done}/${progress.total} done\n`
