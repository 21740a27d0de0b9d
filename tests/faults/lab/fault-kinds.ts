/** Who a fault hits: a process by its role, a service, or the queue's deliveries. */
export type TargetKind = 'worker' | 'control' | 'api' | 'process' | 'redis' | 'postgres' | 'deliveries'

export interface FaultKind {
  readonly name: string
  readonly hits: TargetKind
  /** How often it stands in the deck that the schedule is dealt from. */
  readonly copies: number
  /** How long it lasts, in ms; faults of an instant last nothing. */
  readonly holdMs: readonly [least: number, most: number]
}

const INSTANT = [0, 0] as const
/** A job's lock lasts 10 s; a worker that is stopped for longer has lost all it held when it goes on. */
const BEYOND_THE_LOCK = [11_000, 15_000] as const
const PARTITION = [1500, 13_000] as const

export const FAULT_KINDS = [
  { name: 'kill-worker', hits: 'worker', copies: 3, holdMs: [100, 2500] },
  { name: 'kill-control', hits: 'control', copies: 3, holdMs: [100, 2500] },
  { name: 'kill-api', hits: 'api', copies: 2, holdMs: [100, 1500] },
  { name: 'freeze-worker', hits: 'worker', copies: 2, holdMs: BEYOND_THE_LOCK },
  { name: 'freeze-control', hits: 'control', copies: 1, holdMs: BEYOND_THE_LOCK },
  { name: 'freeze-api', hits: 'api', copies: 1, holdMs: [500, 4000] },
  { name: 'clock-step', hits: 'process', copies: 2, holdMs: [1000, 8000] },
  { name: 'redis-black-hole', hits: 'process', copies: 2, holdMs: PARTITION },
  { name: 'redis-half-open', hits: 'process', copies: 2, holdMs: PARTITION },
  { name: 'redis-late', hits: 'process', copies: 1, holdMs: PARTITION },
  { name: 'redis-reset', hits: 'process', copies: 1, holdMs: INSTANT },
  { name: 'postgres-black-hole', hits: 'process', copies: 2, holdMs: PARTITION },
  { name: 'postgres-half-open', hits: 'process', copies: 2, holdMs: PARTITION },
  { name: 'postgres-late', hits: 'process', copies: 1, holdMs: PARTITION },
  { name: 'postgres-reset', hits: 'process', copies: 2, holdMs: INSTANT },
  { name: 'redis-restart', hits: 'redis', copies: 1, holdMs: INSTANT },
  { name: 'redis-kill', hits: 'redis', copies: 1, holdMs: [0, 3000] },
  { name: 'redis-flush', hits: 'redis', copies: 2, holdMs: INSTANT },
  { name: 'redis-full', hits: 'redis', copies: 1, holdMs: [2000, 6000] },
  { name: 'postgres-restart', hits: 'postgres', copies: 1, holdMs: INSTANT },
  { name: 'postgres-kill', hits: 'postgres', copies: 1, holdMs: [0, 2000] },
  { name: 'postgres-terminate', hits: 'postgres', copies: 2, holdMs: INSTANT },
  { name: 'postgres-slow', hits: 'postgres', copies: 2, holdMs: [2000, 6000] },
  { name: 'deliver-twice', hits: 'deliveries', copies: 3, holdMs: INSTANT },
  { name: 'deliver-again', hits: 'deliveries', copies: 2, holdMs: INSTANT },
  { name: 'deliver-reordered', hits: 'deliveries', copies: 2, holdMs: INSTANT },
] as const satisfies readonly FaultKind[]

export type FaultName = (typeof FAULT_KINDS)[number]['name']
