import type { Db } from '@botcriptofy/store/database'
import type { ToldEvents } from './event-reader.ts'
import type { UnaskedExit } from './fleet.ts'
import type { AskedImports } from './import-load.ts'
import type { Asked } from './asked.ts'
import type { AskedFlow } from './walkforward-load.ts'

/** What Redis held after all was quiet. */
export interface RedisEvidence {
  readonly keys: number
  readonly usedBytes: number
  /** Jobs by state, of all queues. */
  readonly jobs: Readonly<Record<string, number>>
  /** Keys of jobs that stand in no list of their queue. */
  readonly strayKeys: readonly string[]
}

/** What was left of the processes after all were asked to end. */
export interface ProcessEvidence {
  /** Processes of the lab that still live, `pid name`. */
  readonly orphans: readonly string[]
  readonly unaskedExits: readonly UnaskedExit[]
  /** Those that did not end with status 0 when they were asked to, `name: how`. */
  readonly badEnds: readonly string[]
  /** Lines of logs that tell of an error nobody handled. */
  readonly unhandled: readonly string[]
  /** Sessions of our processes that Postgres still has. */
  readonly sessions: readonly string[]
}

/** All that the invariants are judged by. */
export interface Evidence {
  readonly db: Db
  readonly asked: readonly Asked[]
  readonly imports: readonly AskedImports[]
  readonly flows: readonly AskedFlow[]
  /** What each tenant was told by `/v1/events`. */
  readonly told: readonly ToldEvents[]
  /** Sweeps that were not at their end when the wait for quiet was over. */
  readonly unquiet: readonly string[]
  readonly redis: RedisEvidence
  readonly processes: ProcessEvidence
  /** Results that are computed again; more take longer. */
  readonly sampleSize: number
  readonly seed: number
}

/** One way in which an invariant does not hold. */
export interface Finding {
  readonly ids: readonly string[]
  readonly detail: string
}

export interface Verdict {
  /** How many things were looked at; none at all would prove nothing. */
  readonly checked: number
  readonly findings: readonly Finding[]
}

export interface Invariant {
  readonly name: string
  /** What holds, in a sentence. */
  readonly holds: string
  readonly check: (evidence: Evidence) => Promise<Verdict>
}
