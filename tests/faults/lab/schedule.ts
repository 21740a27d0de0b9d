import { type Random, seededRandom } from '@botcriptofy/engine/kernel'
import { FAULT_KINDS, type FaultName, type TargetKind } from './fault-kinds.ts'

/** The processes of the lab by role. */
export interface FleetNames {
  readonly workers: readonly string[]
  readonly controls: readonly string[]
  readonly apis: readonly string[]
}

export interface PlannedFault {
  /** After the start of the load. */
  readonly atMs: number
  readonly holdMs: number
  readonly fault: FaultName
  /** The name of a process, or `redis`, `postgres` or `deliveries`. */
  readonly target: string
}

const FIRST_AT_MS = 1500
const GAP_MS: readonly [number, number] = [700, 3200]
/** More at a time and the load stands still, which finds less. */
const MAX_AT_ONCE = 3

/**
 * The faults of a run, by its seed alone. Kinds are dealt from a shuffled deck, so that a minute sees nearly all of them;
 * what hits the same target waits for the one before.
 */
export const planFaults = (options: {
  readonly seed: number
  readonly durationMs: number
  readonly fleet: FleetNames
}): readonly PlannedFault[] => {
  const random = seededRandom(options.seed)
  const between = ([least, most]: readonly [number, number]) => Math.round(least + random() * (most - least))
  const planned: PlannedFault[] = []
  let deck: (typeof FAULT_KINDS)[number][] = []
  for (let atMs = FIRST_AT_MS; atMs < options.durationMs; atMs += between(GAP_MS)) {
    if (deck.length === 0) deck = shuffledDeck(random)
    const active = planned.filter((fault) => fault.atMs + fault.holdMs >= atMs)
    const busy = new Set(active.map(({ target }) => target))
    const isFree = (kind: (typeof FAULT_KINDS)[number]) =>
      targetsOf(kind.hits, options.fleet).some((target) => !busy.has(target))
    const place = active.length < MAX_AT_ONCE ? deck.findIndex(isFree) : -1
    const [kind] = place < 0 ? [] : deck.splice(place, 1)
    if (kind === undefined) continue
    const free = targetsOf(kind.hits, options.fleet).filter((target) => !busy.has(target))
    const target = free[Math.floor(random() * free.length)]
    if (target === undefined) continue
    planned.push({ atMs, holdMs: between(kind.holdMs), fault: kind.name, target })
  }
  return planned
}

const targetsOf = (hits: TargetKind, { workers, controls, apis }: FleetNames): readonly string[] => {
  switch (hits) {
    case 'worker':
      return workers
    case 'control':
      return controls
    case 'api':
      return apis
    case 'process':
      return [...workers, ...controls, ...apis]
    case 'redis':
    case 'postgres':
    case 'deliveries':
      return [hits]
  }
}

/** Fisher and Yates, from the end. */
const shuffledDeck = (random: Random) => {
  const deck = FAULT_KINDS.flatMap((kind) => Array.from({ length: kind.copies }, () => kind))
  for (let last = deck.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const card = deck[last]!
    deck[last] = deck[other]!
    deck[other] = card
  }
  return deck
}
