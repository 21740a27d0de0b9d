import { accountMetrics } from '@botcriptofy/engine/metrics'
import type { Axis, Params } from '@botcriptofy/engine/sweep'
import {
  type EquityPiece,
  joinOutOfSample,
  type Judged,
  parameterDrift,
  walkForwardEfficiency,
} from '@botcriptofy/engine/validity'
import type { WalkForwardResult } from './walkforward.http.ts'

/** One window that has ended; without a test nothing was traded in it. */
export interface EndedWindow {
  readonly trainMs: number
  readonly testMs: number
  readonly testFromMs: number
  /** What was chosen and how its test came out. */
  readonly tested: {
    readonly params: Params
    readonly trainReturn: number | null
    readonly testReturn: number | null
    readonly trades: number
    /** At the closes of all bars that were run, those of the warm-up too. */
    readonly time: Float64Array
    readonly equity: Float64Array
  } | null
}

export interface EndedWalkForward {
  readonly axes: readonly Axis[]
  readonly config: Rules
  readonly windows: readonly EndedWindow[]
}

interface Rules {
  readonly initialCapital: number
  readonly riskFreeRate: number
  readonly periodsPerYear: number
}

export interface JoinedWalkForward {
  readonly result: WalkForwardResult
  /** At the closes of all bars of all tests. */
  readonly time: Float64Array
  readonly equity: Float64Array
}

const judged = (value: Judged) =>
  typeof value === 'number' ? { value, reason: null } : { value: null, reason: value }

const pieceOf = ({ testFromMs, tested }: EndedWindow, startEquity: number): readonly EquityPiece[] => {
  if (tested === null) return []
  const first = tested.time.findIndex((timeMs) => timeMs >= testFromMs)
  if (first < 0) return []
  return [{ time: tested.time.subarray(first), equity: tested.equity.subarray(first), startEquity }]
}

/** One curve of all tests, each begun with what the one before left, and what it says of the trainings. */
export const joinTests = ({ axes, config, windows }: EndedWalkForward): JoinedWalkForward => {
  const { initialCapital: startEquity } = config
  const joined = joinOutOfSample(
    windows.flatMap((window) => pieceOf(window, startEquity)),
    startEquity,
  )
  // The tests follow each other without an overlap, as their windows were laid.
  if (!joined.ok) throw new Error(`Invariant broken: ${JSON.stringify(joined.error)}`)
  const { time, equity } = joined.value
  const { metrics, metricReasons } = accountMetrics({ ...config, time, equity, startEquity })
  const efficiency = walkForwardEfficiency(
    windows.map(({ trainMs, testMs, tested }) => ({
      trainMs,
      testMs,
      trainReturn: tested?.trainReturn ?? 0,
      testReturn: tested?.testReturn ?? 0,
    })),
  )
  return {
    time,
    equity,
    result: {
      startEquity,
      finalEquity: equity.at(-1) ?? startEquity,
      metrics,
      metricReasons: metricReasons as Readonly<Record<string, string>>,
      trades: windows.reduce((sum, { tested }) => sum + (tested?.trades ?? 0), 0),
      efficiency: judged(efficiency.efficiency),
      windowEfficiency: efficiency.windows.map(judged),
      profitableWindows: judged(efficiency.profitableWindows),
      drift: [
        ...parameterDrift(
          axes,
          windows.flatMap(({ tested }) => (tested === null ? [] : [tested.params])),
        ),
      ],
    },
  }
}
