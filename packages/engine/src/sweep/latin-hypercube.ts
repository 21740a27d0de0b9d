import { type Axis, ordinalOf } from './axes.ts'
import { mixOf } from './mixing.ts'
import { createPermutation } from './permutation.ts'

export const MAX_HYPERCUBE_RUNS = 100_000

/** The level of a sample on one axis. */
type LevelAt = (sample: number) => number

/**
 * A Latin hypercube sample of `runs` points (McKay, Beckman & Conover 1979) over discrete axes, as the map from a
 * sample to its grid ordinal: on every axis each level appears floor or ceil of runs / levels times, and with fewer
 * runs than levels each of `runs` equal strata of the axis appears once. Nothing is stored: a permutation of the
 * samples for each axis gives any point by itself. Axes are paired by chance, so two samples can be equal.
 */
export const createLatinHypercube = (
  axes: readonly Axis[],
  { runs, seed }: { readonly runs: number; readonly seed: number },
): ((sample: number) => number) => {
  const levelsAt = axes.map(([, values], axis) => {
    const spread = { levels: values.length, runs, key: mixOf(seed, axis) }
    return runs < values.length ? strata(spread) : turns(spread)
  })
  return (sample) =>
    ordinalOf(
      axes,
      levelsAt.map((levelAt) => levelAt(sample)),
    )
}

interface Spread {
  readonly levels: number
  readonly runs: number
  readonly key: number
}

/** Fewer runs than levels: each run takes one level of a stratum of its own. */
const strata = ({ levels, runs, key }: Spread): LevelAt => {
  const order = createPermutation(runs, key)
  const startOf = (stratum: number) => Math.floor((stratum * levels) / runs)
  return (sample) => {
    const stratum = order(sample)
    const start = startOf(stratum)
    return start + (mixOf(key, stratum) % (startOf(stratum + 1) - start))
  }
}

/** At least as many runs as levels: all levels in turn; the last, partial turn takes levels by chance. */
const turns = ({ levels, runs, key }: Spread): LevelAt => {
  const order = createPermutation(runs, key)
  const levelOrder = createPermutation(levels, mixOf(key, levels))
  return (sample) => levelOrder(order(sample) % levels)
}
