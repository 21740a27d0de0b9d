import Table from 'cli-table3'
import pc from 'picocolors'
import type { FinishedSweep, SweepRun } from './main-job.ts'

const percent = (value: number | null | undefined) => (value == null ? '–' : `${(value * 100).toFixed(2)} %`)
const ratio = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(2))
const lastName = (path: string) => path.split('.').slice(-3, -2).join('') || path

const paramsOf = (run: SweepRun) =>
  Object.entries(run.params)
    .map(([path, value]) => `${lastName(path)} ${value}`)
    .join(', ')

/** The best runs of a sweep as text. */
export const renderSweep = (sweep: FinishedSweep): string => {
  const table = new Table({
    head: ['parameters', 'return', 'buy & hold', 'Sharpe', 'max. drawdown', 'trades', 'final equity'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const run of sweep.runs) {
    table.push([
      paramsOf(run),
      percent(run.metrics?.totalReturn),
      percent(run.metrics?.buyAndHold),
      ratio(run.metrics?.sharpe),
      percent(run.metrics?.maxDrawdown),
      `${run.metrics?.trades ?? '–'}${run.lowSample === true ? ' (low sample)' : ''}`,
      run.finalEquity?.toFixed(2) ?? '–',
    ])
  }
  const failed = sweep.failed === 0 ? '' : pc.red(`, ${sweep.failed} failed`)
  const title = `${pc.bold(sweep.title)}: ${sweep.combinations} backtests, ${sweep.computed} computed${failed}; the best ${sweep.runs.length}:`
  return `${title}\n${table.toString()}\n`
}
