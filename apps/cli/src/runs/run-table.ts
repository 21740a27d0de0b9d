import type { runShape } from '@botcriptofy/contracts/backtest'
import Table from 'cli-table3'
import type { z } from 'zod'

type Summary = z.infer<z.ZodObject<typeof runShape>>

/** One line a run: backtests and sweeps share the columns. */
export const renderRuns = (runs: readonly Summary[]): string => {
  if (runs.length === 0) return 'none yet\n'
  const table = new Table({
    head: ['id', 'status', 'strategy', 'candles', 'bars', 'done', 'created (UTC)'],
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  })
  for (const run of runs) {
    table.push([
      run.id,
      run.error === null ? run.status : `${run.status} (${run.error.code})`,
      run.strategyName,
      `${run.venue} ${run.symbol} ${run.timeframe}${run.isSimulated ? ' SIMULATED' : ''}`,
      run.bars,
      `${run.progress.done}/${run.progress.total}`,
      new Date(run.createdAtMs).toISOString().slice(0, 19).replace('T', ' '),
    ])
  }
  return `${table.toString()}\n`
}
