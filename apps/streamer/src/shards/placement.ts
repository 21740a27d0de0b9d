import { createHash } from 'node:crypto'

/** How long a shard stays without an owner before somebody takes it who would have to begin with a hole. */
const PATIENCE_MS = 3000
/** How long the second waits for the first. */
const PRECEDENCE_MS = 1000

/**
 * The streamers in the order in which they are to have the shard, by rendezvous hash (Thaler and Ravishankar 1996): the
 * first owns it, the second stands by. One that joins or leaves moves only what it has or gets itself.
 */
export const rendezvousOrder = (shard: number, instances: readonly string[]): readonly string[] => {
  const weights = new Map(instances.map((instance) => [instance, weightOf(shard, instance)]))
  return [...weights.keys()].toSorted((a, b) => ((weights.get(a) ?? '') < (weights.get(b) ?? '') ? -1 : 1))
}

const weightOf = (shard: number, instance: string): string =>
  createHash('sha256').update(`${shard} ${instance}`).digest('hex')

export interface Candidate {
  /** Place in the order. */
  readonly rank: number
  readonly isAlone: boolean
  /** It has everything since a while: nothing is missing when it goes on. */
  readonly isWarm: boolean
  /** How long nobody has had the shard, as far as it knows. */
  readonly freeMs: number
}

/** Whether to take a shard that nobody has: the warm ones first, and the first of them before the second. */
export const mayTake = ({ rank, isAlone, isWarm, freeMs }: Candidate): boolean => {
  if (isAlone) return true
  if (isWarm) return freeMs >= rank * PRECEDENCE_MS
  return rank === 0 && freeMs >= PATIENCE_MS
}
