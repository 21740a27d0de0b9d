import { seededRandom } from '../kernel/index.ts'
import { type Axis, combinationCount, levelsAt, ordinalOf } from './axes.ts'
import { mixOf } from './mixing.ts'
import { createParzen, type ParzenEstimator } from './parzen.ts'
import { createPermutation } from './permutation.ts'
import { compareScores, type Rank, type ScoredRun } from './score.ts'

export interface TpeSettings {
  readonly axes: readonly Axis[]
  /** An integer; with it, the axes and the finished runs everything is decided. */
  readonly seed: number
  /** No batch goes beyond this many runs in all. */
  readonly runs: number
  /** The runs that are planned together once the search has started. */
  readonly batch: number
  /** The runs at random before the search; the paper's experiments and hyperopt take 20. */
  readonly startup: number
  /** The share of the runs that counts as good; 0.15 in the paper. */
  readonly gamma: number
  /** The draws of which the most promising becomes a run; 24 in hyperopt. */
  readonly candidates: number
}

/**
 * The next batch of a search by tree-structured Parzen estimators (Bergstra, Bardenet, Bengio & Kégl 2011): draws from
 * the distribution of the good runs, of which the one is taken that is likeliest there compared with the rest, which
 * is the one of the greatest expected improvement. Ordinals are those of the grid. A batch is empty when the runs are
 * spent or no combination is left.
 *
 * Runs of one batch do not know each other's results. Each is taken for a bad one while the others are chosen
 * (a constant liar with the worst value, Ginsbourger et al. 2010), which spreads them.
 */
export const nextTpeBatch = (
  settings: TpeSettings,
  round: number,
  finished: readonly ScoredRun[],
): readonly number[] => {
  const { axes, seed, runs, startup } = settings
  const combinations = combinationCount(axes)
  const left = Math.min(runs, combinations) - finished.length
  const taken = new Set(finished.map(({ ordinal }) => ordinal))
  const nextAtRandom = randomUntaken(combinations, seed, taken)
  const isStarting = finished.length < Math.min(startup, runs)
  const wanted = Math.min(left, isStarting ? startup - finished.length : settings.batch)
  const suggest = isStarting ? undefined : createSuggester(settings, round, finished)
  const batch: number[] = []
  while (batch.length < wanted) {
    const ordinal = suggest?.(taken) ?? nextAtRandom()
    taken.add(ordinal)
    batch.push(ordinal)
  }
  return batch
}

/** Keeps the search's chance apart from that of its order at random. */
const STARTING_ORDER = 3
const ROUND = 4

/** Walks one permutation of the grid; ends while a combination is left. */
const randomUntaken = (combinations: number, seed: number, taken: ReadonlySet<number>) => {
  const order = createPermutation(combinations, mixOf(seed, STARTING_ORDER))
  let next = 0
  return (): number => {
    while (taken.has(order(next))) next++
    return order(next)
  }
}

/** The model of one axis: which levels the good runs have, and which the others. */
interface AxisModel {
  /** Positions are levels in the order of their values, since lists may be given in any. */
  readonly levelAt: readonly number[]
  readonly positionOf: readonly number[]
  readonly good: ParzenEstimator
  readonly others: ParzenEstimator
}

/** Draws an ordinal that is not taken; undefined when the good runs' neighbourhood seems used up. */
const createSuggester = (settings: TpeSettings, round: number, finished: readonly ScoredRun[]) => {
  const { axes, candidates } = settings
  const random = seededRandom(mixOf(settings.seed, ROUND, round))
  const { good, others } = splitRuns(settings, finished)
  const models = axes.map(([, values], axis) => axisModel(values, { axis, good, others }))
  return (taken: ReadonlySet<number>): number | undefined => {
    let best: { readonly ordinal: number; readonly gain: number } | undefined
    const drawn = new Set<number>()
    for (let draw = 0; draw < DRAWS_PER_CANDIDATE * candidates && drawn.size < candidates; draw++) {
      const positions = models.map((model) => model.good.sample(random))
      const ordinal = ordinalOf(
        axes,
        positions.map((position, axis) => models[axis]!.levelAt[position]!),
      )
      if (taken.has(ordinal) || drawn.has(ordinal)) continue
      drawn.add(ordinal)
      const gain = positions.reduce((sum, position, axis) => sum + gainOf(models[axis]!, position), 0)
      if (best === undefined || gain > best.gain) best = { ordinal, gain }
    }
    if (best === undefined) return undefined
    const levels = levelsAt(axes, best.ordinal)
    for (const [axis, { others: bad, positionOf }] of models.entries()) bad.add(positionOf[levels[axis]!]!)
    return best.ordinal
  }
}

/** A narrow distribution repeats itself; this bounds the draws that bring nothing new. */
const DRAWS_PER_CANDIDATE = 4

const gainOf = ({ good, others }: AxisModel, position: number): number =>
  Math.log(good.massAt(position) / others.massAt(position))

type Group = readonly (readonly number[])[]

/** The best `gamma` of the runs that have a score, as levels, and all others: failed and undefined runs are bad. */
const splitRuns = ({ axes, seed, gamma }: TpeSettings, finished: readonly ScoredRun[]) => {
  const scored = finished.flatMap(({ ordinal, score }) =>
    score === null || score.score === null ? [] : [{ ordinal, score, lot: mixOf(seed, ordinal) }],
  )
  // Equals by lot, which is fair to all corners of the grid where most runs are equal.
  const byScore = (a: Lotted, b: Lotted) =>
    compareScores(a.score, b.score) || a.lot - b.lot || a.ordinal - b.ordinal
  const best = scored.toSorted(byScore).slice(0, Math.ceil(gamma * scored.length))
  const isBest = new Set(best.map(({ ordinal }) => ordinal))
  const levelsOf = ({ ordinal }: { readonly ordinal: number }) => levelsAt(axes, ordinal)
  return {
    good: best.map(levelsOf),
    others: finished.filter(({ ordinal }) => !isBest.has(ordinal)).map(levelsOf),
  }
}

interface Lotted {
  readonly ordinal: number
  readonly score: Rank
  readonly lot: number
}

const axisModel = (
  values: readonly number[],
  { axis, good, others }: { readonly axis: number; readonly good: Group; readonly others: Group },
): AxisModel => {
  const levelAt = values.map((_, level) => level).toSorted((a, b) => values[a]! - values[b]!)
  const positionOf = values.map(() => 0)
  for (const [position, level] of levelAt.entries()) positionOf[level] = position
  const parzenOf = (group: Group) =>
    createParzen(
      values.length,
      group.map((levels) => positionOf[levels[axis]!]!),
    )
  return { levelAt, positionOf, good: parzenOf(good), others: parzenOf(others) }
}
