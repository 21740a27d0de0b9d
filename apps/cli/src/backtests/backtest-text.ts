import type { BacktestView } from '@botcriptofy/contracts/backtest'
import { describeReport } from '../backtest/summary.ts'

/** One backtest of the API as text. */
export const describeBacktest = (view: BacktestView): string => {
  const simulated = view.isSimulated ? ' SIMULATED' : ''
  const known = view.cached === true ? ' (known before)' : ''
  const head = `${view.strategyName} on ${view.venue} ${view.symbol} ${view.timeframe}${simulated}: ${view.status}${known}`
  if (view.error !== null) return `${head}\n${view.error.code}: ${view.error.detail}\n`
  const { bars, metrics, result } = view
  if (metrics === null || result === null) return `${head}\n`
  return `${head}\n${describeReport({ bars, metrics, ...result }, Number(view.config['initialCapital']))}`
}
