import { type Axis, combinationCount } from './axes.ts'
import { createLatinHypercube } from './latin-hypercube.ts'
import { mixOf } from './mixing.ts'
import { createPermutation } from './permutation.ts'

/** How a sweep picks combinations without looking at results. */
export type Sampling =
  | { readonly method: 'grid' }
  | { readonly method: 'random'; readonly runs: number; readonly seed: number }
  | { readonly method: 'latin_hypercube'; readonly runs: number; readonly seed: number }

/**
 * The combinations of a sweep in its own order. Both maps depend on the axes, the method and the seed alone, so a
 * chunk that is computed again, anywhere and at any time, has the same parameters.
 */
export interface Sampler {
  /** Ordinals are 0 <= ordinal < length. */
  readonly length: number
  /** The grid ordinal that stands at an ordinal of the sweep; `paramsAt` takes it. */
  readonly gridOrdinalAt: (ordinal: number) => number
}

/**
 * As many runs as there are combinations, or more, is the whole grid: in its order for a Latin hypercube, shuffled
 * for random. More runs with the same seed begin with the same runs under `random`, but not under `latin_hypercube`,
 * whose balance depends on their number. A Latin hypercube of a small grid repeats combinations; `distinctOrdinals`
 * leaves the repetitions out, which costs a little of the balance.
 */
export const createSampler = (axes: readonly Axis[], sampling: Sampling): Sampler => {
  const combinations = combinationCount(axes)
  if (sampling.method === 'grid') return gridOf(combinations)
  const { runs, seed } = sampling
  if (sampling.method === 'random') {
    const order = createPermutation(combinations, mixOf(seed, RANDOM_ORDER))
    return { length: Math.min(runs, combinations), gridOrdinalAt: order }
  }
  if (runs >= combinations) return gridOf(combinations)
  return {
    length: runs,
    gridOrdinalAt: createLatinHypercube(axes, { runs, seed: mixOf(seed, HYPERCUBE_ORDER) }),
  }
}

/** Keep methods with one seed from sharing their chance. */
const RANDOM_ORDER = 1
const HYPERCUBE_ORDER = 2

const gridOf = (combinations: number): Sampler => ({
  length: combinations,
  gridOrdinalAt: (ordinal) => ordinal,
})

/** The ordinals that are the first of their combination, for samplers of a size that may be listed. */
export const distinctOrdinals = ({ length, gridOrdinalAt }: Sampler): readonly number[] => {
  const seen = new Set<number>()
  return Array.from({ length }, (_, ordinal) => ordinal).filter((ordinal) => {
    const known = seen.size
    return seen.add(gridOrdinalAt(ordinal)).size > known
  })
}
