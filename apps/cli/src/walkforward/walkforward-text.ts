import type { WalkForwardView, WalkForwardWindowView } from '@botcriptofy/contracts/walkforward'
import Table from 'cli-table3'
import { describeParams, percent, ratio, shortName } from '../sweeps/sweep-table.ts'

const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)

const windowTable = ({ windowList, result }: WalkForwardView): string => {
  const table = new Table({
    head: ['test', 'parameters', 'trained', 'tested', 'kept', 'trades'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const window of windowList) {
    const { train, test } = window
    table.push([
      `${dayOf(test.fromMs)} to ${dayOf(test.toMs)}`,
      chosenText(window),
      percent(train.totalReturn),
      percent(test.totalReturn),
      ratio(result?.windowEfficiency[window.place]?.value),
      test.trades ?? '–',
    ])
  }
  return table.toString()
}

const chosenText = ({ params, status }: WalkForwardWindowView): string => {
  if (params !== null) return describeParams(params)
  return status === 'completed' ? 'none could be ranked' : status
}

const judgedText = ({ value, reason }: { readonly value: number | null; readonly reason: string | null }) =>
  value === null ? `– (${JUDGED_REASONS[reason ?? ''] ?? reason})` : ratio(value)

const JUDGED_REASONS: Readonly<Record<string, string>> = {
  NO_TRAINING_PROFIT: 'the trainings made nothing that tests could keep',
  NO_WINDOWS: 'no window was tested',
}

/** `1 value`, `3 values`. */
const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** The windows, and what the tests came to together. */
export const describeWalkForward = (view: WalkForwardView): string => {
  const { strategyName, venue, symbol, timeframe, status, windows, result } = view
  const simulated = view.isSimulated ? ' SIMULATED' : ''
  const head =
    `${strategyName} on ${venue} ${symbol} ${timeframe}${simulated}: ${status}, ` +
    `${windows.done}/${windows.total} windows\n${windowTable(view)}\n`
  if (result === null) return head
  const { metrics, efficiency, profitableWindows, drift, startEquity, finalEquity } = result
  const drifts = drift.map(
    ({ path, distinct, changes, meanStep }) =>
      `  ${shortName(path)}: ${counted(distinct, 'value')}, changed ${counted(changes, 'time')}, by ${percent(meanStep)} of the grid on average\n`,
  )
  return (
    `${head}out of sample: ${percent(finalEquity / startEquity - 1)}, Sharpe ratio ${ratio(metrics['sharpe'])}, ` +
    `deepest drawdown ${percent(metrics['maxDrawdown'])}, ${result.trades} trades\n` +
    `efficiency: ${judgedText(efficiency)}; 1 keeps what training promised, below 0 loses\n` +
    `profitable tests: ${percent(profitableWindows.value)}\n` +
    `chosen parameters:\n${drifts.join('')}`
  )
}
