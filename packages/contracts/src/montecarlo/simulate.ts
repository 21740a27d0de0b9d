import { err, type Problem, type Result } from '@botcriptofy/engine/kernel'
import type { Candles } from '@botcriptofy/engine/market'
import {
  dailySteps,
  type EquityColumns,
  type FilledTrade,
  type MonteCarloResult,
  randomisedFills,
  RESAMPLE_METHODS,
  resampleMonteCarlo,
  type StepEffect,
  tradeSteps,
} from '@botcriptofy/engine/validity'

export const MONTE_CARLO_METHODS = [...RESAMPLE_METHODS, 'slippage', 'range'] as const
export type MonteCarloMethod = (typeof MONTE_CARLO_METHODS)[number]

/** Most that slippage takes of a price where nothing is said: 0.1 %. */
export const DEFAULT_UP_TO = 0.001

export interface MonteCarloRequest {
  readonly method: MonteCarloMethod
  /** What is shuffled or drawn. */
  readonly over: 'trades' | 'days'
  readonly effect: StepEffect
  readonly runs: number
  readonly seed: number
  /** Of the method blocks; n^(1/3) when left out. */
  readonly meanBlockLength?: number | undefined
  /** Of the method slippage. */
  readonly upTo?: number | undefined
}

/** What a backtest went through, as far as the method looks at it. */
export interface BacktestHistory {
  /** In the order of exit. */
  readonly trades: readonly FilledTrade[]
  readonly startEquity: number
  /** Equity at the closes of bars, for steps of days. */
  readonly curve?: Omit<EquityColumns, 'startEquity'> | undefined
  /** What the fills happened in, for the method range. */
  readonly candles?: Pick<Candles, 'high' | 'low'> | undefined
}

const isOfFills = (method: MonteCarloMethod): method is 'slippage' | 'range' =>
  method === 'slippage' || method === 'range'

/** An option that the method would not look at is a misunderstanding. */
export const idleOption = (request: MonteCarloRequest): Problem | undefined => {
  const { method, over, effect, meanBlockLength, upTo } = request
  const idle: readonly (readonly [isIdle: boolean, path: string, expected: string, actual: string])[] = [
    [meanBlockLength !== undefined && method !== 'blocks', 'meanBlockLength', 'the method blocks', method],
    [upTo !== undefined && method !== 'slippage', 'upTo', 'the method slippage', method],
    [over === 'days' && isOfFills(method), 'over', `trades for the method ${method}`, over],
    [over === 'days' && effect === 'additive', 'effect', 'compounded over days', effect],
  ]
  const found = idle.find(([isIdle]) => isIdle)
  return found && { path: found[1], expected: found[2], actual: found[3] }
}

const missing = (path: string, expected: string) => err([{ path, expected, actual: 'missing' }])

/** Other histories of a backtest; CPU work of runs times steps. */
export const simulateHistories = (
  request: MonteCarloRequest,
  history: BacktestHistory,
): Result<MonteCarloResult, readonly Problem[]> => {
  const { method, over, effect, runs, seed, meanBlockLength, upTo = DEFAULT_UP_TO } = request
  const { trades, startEquity, curve, candles } = history
  if (isOfFills(method)) {
    if (method === 'range' && candles === undefined) return missing('candles', 'the candles of the backtest')
    const noise =
      method === 'range' && candles !== undefined
        ? ({ kind: 'range', candles } as const)
        : ({ kind: 'slippage', upTo } as const)
    return randomisedFills({ trades, startEquity, effect, noise, runs, seed })
  }
  if (over === 'days') {
    if (curve === undefined) return missing('curve', 'the equity of the backtest')
    const steps = dailySteps({ ...curve, startEquity })
    return resampleMonteCarlo({ steps, method, runs, seed, meanBlockLength })
  }
  const pnls = Float64Array.from(trades, ({ pnl }) => pnl)
  const steps = tradeSteps(pnls, startEquity, effect)
  return steps.ok
    ? resampleMonteCarlo({ steps: steps.value, method, runs, seed, meanBlockLength })
    : err([steps.error])
}
