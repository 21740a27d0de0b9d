import { type BlockStatistics, compareHalves } from '@botcriptofy/engine/validity'
import type { Params } from '@botcriptofy/engine/sweep'
import type { ComparedRuns } from './judge-overfitting.ts'
import type { SweepValidity } from './validity.http.ts'

/** Runs to compare, and which they are. */
export interface SampledRuns extends ComparedRuns {
  /** Of each run of `blocks`. */
  readonly ordinals: readonly number[]
  /** The run that ranks first, which the sample may lack; null where none does or its blocks are not known. */
  readonly best: { readonly ordinal: number; readonly blocks: readonly BlockStatistics[] } | null
}

/** What a picture of the comparison draws, one row a run; annualised Sharpe ratios. */
export interface HalvesPoints {
  readonly ordinal: Int32Array
  readonly first: Float64Array
  readonly second: Float64Array
}

export interface JudgedHalves {
  readonly halves: NonNullable<SweepValidity['halves']>
  /** Null where there is nothing to compare. */
  readonly points: HalvesPoints | null
}

interface HalvesInput {
  readonly compared: SampledRuns
  readonly periodsPerYear: number
  readonly paramsOf: (ordinal: number) => Params
}

type HalfRun = NonNullable<JudgedHalves['halves']['best']>

const placeOf = (values: Float64Array, row: number): number =>
  1 + values.reduce((better, value) => better + (value > values[row]! ? 1 : 0), 0)

const runAt = (
  { ordinal, first, second }: HalvesPoints,
  { row, paramsOf }: { readonly row: number; readonly paramsOf: HalvesInput['paramsOf'] },
): HalfRun => ({
  ordinal: ordinal[row]!,
  params: paramsOf(ordinal[row]!),
  first: { sharpe: first[row]!, place: placeOf(first, row) },
  second: { sharpe: second[row]!, place: placeOf(second, row) },
})

/** The runs compared, the best one among them. */
const withBest = ({ ordinals, blocks, best }: SampledRuns) =>
  best === null || ordinals.includes(best.ordinal)
    ? { ordinals, blocks }
    : { ordinals: [...ordinals, best.ordinal], blocks: [...blocks, best.blocks] }

/** What the runs of a sweep did in the first half of the days against what they did in the second. */
export const judgeHalves = ({ compared, periodsPerYear, paramsOf }: HalvesInput): JudgedHalves => {
  const { ordinals, blocks } = withBest(compared)
  const without = (reason: string): JudgedHalves => ({
    halves: {
      reason,
      runs: compared.runs,
      compared: 0,
      days: null,
      rankCorrelation: null,
      best: null,
      chosen: null,
    },
    points: null,
  })
  if (compared.runs < 2) return without('TOO_FEW_TRIALS')
  if (compared.known < 2) return without('UNKNOWN_BLOCKS')
  if (blocks.some((trial) => trial.length === 0)) return without('TOO_FEW_DAYS')
  const found = compareHalves(blocks)
  if (!found.ok) return without('UNEQUAL_BLOCKS')
  const { days, first, second, rankCorrelation } = found.value
  const annualised = (values: Float64Array) => values.map((value) => value * Math.sqrt(periodsPerYear))
  const points = { ordinal: Int32Array.from(ordinals), first: annualised(first), second: annualised(second) }
  const bestRow = points.ordinal.indexOf(compared.best?.ordinal ?? -1)
  const isKnown = typeof rankCorrelation === 'number'
  return {
    halves: {
      reason: isKnown ? null : rankCorrelation,
      runs: compared.runs,
      compared: ordinals.length,
      days: { first: days[0], second: days[1] },
      rankCorrelation: isKnown ? rankCorrelation : null,
      best: bestRow < 0 ? null : runAt(points, { row: bestRow, paramsOf }),
      chosen: runAt(points, { row: points.first.indexOf(Math.max(...points.first)), paramsOf }),
    },
    points,
  }
}
