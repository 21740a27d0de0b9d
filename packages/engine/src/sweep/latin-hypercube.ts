import { type Axis, type Levels, ordinalOf } from './axes.ts'
import { mixOf } from './mixing.ts'
import { createPermutation, type Permutation } from './permutation.ts'

export const MAX_HYPERCUBE_RUNS = 100_000

/** How the samples of one axis are spread over its levels. */
interface AxisSpread {
  readonly levelAt: (sample: number) => number
  /** The samples at this level, in no order. */
  readonly samplesAt: (level: number) => readonly number[]
}

/**
 * A Latin hypercube sample of `runs` points (McKay, Beckman & Conover 1979) over discrete axes: on every axis each
 * level appears floor or ceil of runs / levels times, and with fewer runs than levels each of `runs` equal strata of
 * the axis appears once. Nothing is stored: a permutation of the samples for each axis gives any point by itself.
 */
export interface LatinHypercube {
  /** The grid ordinal of a sample. */
  readonly at: (sample: number) => number
  /** The first sample with the same combination, when an earlier one has it. */
  readonly twinOf: (sample: number) => number | undefined
}

export const createLatinHypercube = (
  axes: readonly Axis[],
  { runs, seed }: { readonly runs: number; readonly seed: number },
): LatinHypercube => {
  const spreads = axes.map(([, values], axis) => spreadOf(values.length, { runs, key: mixOf(seed, axis) }))
  const widest = axes.reduce(
    (best, [, values], axis) => (values.length > axes[best]![1].length ? axis : best),
    0,
  )
  const levelsOf = (sample: number): Levels => spreads.map(({ levelAt }) => levelAt(sample))
  return {
    at: (sample) => ordinalOf(axes, levelsOf(sample)),
    // Only samples that share the level of the widest axis can be equal, and those are few.
    twinOf: (sample) => {
      const levels = levelsOf(sample)
      const candidates = spreads[widest]?.samplesAt(levels[widest]!) ?? []
      const twins = candidates.filter(
        (other) => other < sample && spreads.every(({ levelAt }, axis) => levelAt(other) === levels[axis]),
      )
      return twins.length > 0 ? Math.min(...twins) : undefined
    },
  }
}

const spreadOf = (
  levels: number,
  { runs, key }: { readonly runs: number; readonly key: number },
): AxisSpread => {
  const order = createPermutation(runs, key)
  return runs < levels ? strata(levels, { runs, key, order }) : wholeRounds(levels, { runs, key, order })
}

interface Spread {
  readonly runs: number
  readonly key: number
  readonly order: Permutation
}

/** Fewer runs than levels: each run takes one level of a stratum of its own. */
const strata = (levels: number, { runs, key, order }: Spread): AxisSpread => {
  const startOf = (stratum: number) => Math.floor((stratum * levels) / runs)
  return {
    levelAt: (sample) => {
      const stratum = order.at(sample)
      const start = startOf(stratum)
      return start + (mixOf(key, stratum) % (startOf(stratum + 1) - start))
    },
    // The stratum of a level is the last that starts at or before it.
    samplesAt: (level) => [order.indexOf(Math.floor((level * runs + runs - 1) / levels))],
  }
}

/** At least as many runs as levels: all levels in turn; the last, partial turn takes levels by chance. */
const wholeRounds = (levels: number, { runs, key, order }: Spread): AxisSpread => {
  const turns = createPermutation(levels, mixOf(key, levels))
  return {
    levelAt: (sample) => turns.at(order.at(sample) % levels),
    samplesAt: (level) => {
      const first = turns.indexOf(level)
      const count = Math.floor((runs - 1 - first) / levels) + 1
      return Array.from({ length: count }, (_, turn) => order.indexOf(first + turn * levels))
    },
  }
}
