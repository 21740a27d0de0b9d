import type { Params } from '../sweep/index.ts'
import type { Judged } from './reasons.ts'

/** One trial of a sweep; all name the same parameters. More is better; null where it failed or is undefined. */
export interface PlateauTrial {
  readonly params: Params
  readonly objective: number | null
}

export interface Plateau {
  /** Neighbours with an objective. */
  readonly neighbours: number
  /** Steps that lead off the grid, at its edge. */
  readonly edges: number
  /** Neighbours on the grid that were not tried, failed, or have no objective. */
  readonly missing: number
  /** Mean of what the neighbours lose, (own - theirs) / |own|; below 0 where they are better. */
  readonly meanLoss: Judged
  /** The same of the worst neighbour. */
  readonly worstLoss: Judged
  /** 1 - meanLoss, held in [0, 1]: 1 where the neighbours are as good, 0 where they lose all of it. */
  readonly score: Judged
}

export interface PlateauResult {
  /** As the trials given. */
  readonly trials: readonly Plateau[]
  /** The trial with the highest objective, the first of equals; null where none has one. */
  readonly best: number | null
}

/** The values each parameter takes over all trials, ascending; one with a single value has no neighbours. */
const gridOf = (trials: readonly PlateauTrial[]): ReadonlyMap<string, readonly number[]> => {
  const values = new Map<string, Set<number>>()
  for (const { params } of trials) {
    for (const [name, value] of Object.entries(params)) {
      const known = values.get(name)
      if (known === undefined) values.set(name, new Set([value]))
      else known.add(value)
    }
  }
  const ascending = (set: Set<number>): number[] => [...set].sort((a, b) => a - b)
  return new Map([...values].map(([name, set]) => [name, ascending(set)]))
}

/** A trial's place on the grid, one number an axis. */
type Place = readonly number[]

const placesOf = (trials: readonly PlateauTrial[]) => {
  const axes = [...gridOf(trials)]
    .filter(([, values]) => values.length > 1)
    .map(([name, values]) => ({
      name,
      size: values.length,
      at: new Map(values.map((value, index) => [value, index])),
    }))
  const places = trials.map(({ params }): Place => axes.map(({ name, at }) => at.get(params[name]!) ?? -1))
  return { sizes: axes.map(({ size }) => size), places }
}

interface Neighbourhood {
  readonly objectives: readonly number[]
  readonly edges: number
  readonly missing: number
}

const undefinedPlateau = (hood: Neighbourhood, reason: Judged): Plateau => ({
  neighbours: hood.objectives.length,
  edges: hood.edges,
  missing: hood.missing,
  meanLoss: reason,
  worstLoss: reason,
  score: reason,
})

const plateauOf = (own: number | null, hood: Neighbourhood): Plateau => {
  const { objectives, edges, missing } = hood
  if (own === null) return undefinedPlateau(hood, 'NO_OBJECTIVE')
  if (objectives.length === 0) return undefinedPlateau(hood, 'NO_NEIGHBOURS')
  if (own === 0) return undefinedPlateau(hood, 'ZERO_OBJECTIVE')
  const losses = objectives.map((objective) => (own - objective) / Math.abs(own))
  const meanLoss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  return {
    neighbours: objectives.length,
    edges,
    missing,
    meanLoss,
    worstLoss: Math.max(...losses),
    score: Math.min(1, Math.max(0, 1 - meanLoss)),
  }
}

const bestOf = (trials: readonly PlateauTrial[]): number | null => {
  let best: number | null = null
  let highest = -Infinity
  for (const [at, { objective }] of trials.entries()) {
    if (objective === null || objective <= highest) continue
    best = at
    highest = objective
  }
  return best
}

/** Judges the trial at an index; what all trials share is found once. */
const plateausOn = (trials: readonly PlateauTrial[]): ((at: number) => Plateau) => {
  const { sizes, places } = placesOf(trials)
  const objectiveAt = new Map(places.map((place, at) => [place.join(), trials[at]!.objective]))
  const hoodOf = (place: Place): Neighbourhood => {
    const objectives: number[] = []
    let edges = 0
    let missing = 0
    for (const [axis, size] of sizes.entries()) {
      for (const step of [-1, 1]) {
        const moved = place[axis]! + step
        const objective = objectiveAt.get(place.with(axis, moved).join()) ?? null
        if (moved < 0 || moved >= size) edges++
        else if (objective === null) missing++
        else objectives.push(objective)
      }
    }
    return { objectives, edges, missing }
  }
  return (at) => plateauOf(trials[at]!.objective, hoodOf(places[at]!))
}

/**
 * How flat the ground around each trial is: what is lost one step along each axis of the grid, up and down. A best
 * trial on a plateau survives a market that wants slightly other parameters; one on a spike does not. The grid is made
 * of the values that occur, so that sweeps that were extended, or that failed in part, count what is there; a random
 * search seldom has neighbours.
 */
export const parameterPlateau = (trials: readonly PlateauTrial[]): PlateauResult => {
  const plateauAt = plateausOn(trials)
  return { trials: trials.map((_, at) => plateauAt(at)), best: bestOf(trials) }
}

/** The ground around the best trial alone, as `parameterPlateau` measures it; null where none has an objective. */
export const bestPlateau = (
  trials: readonly PlateauTrial[],
): { readonly best: number; readonly plateau: Plateau } | null => {
  const best = bestOf(trials)
  return best === null ? null : { best, plateau: plateausOn(trials)(best) }
}
