import type { Log } from '@botcriptofy/runtime/log'
import type { Queue } from '@botcriptofy/runtime/queue'
import { type Loop, startLoop } from './control/loop.ts'

export interface Pulse extends Loop {
  /** The pool has taken a job. */
  readonly beat: () => void
  /** Since the pool last took a job, was busy with as many as it can, or asked and found nothing to take. */
  readonly idleMs: () => number
}

export interface PulseOptions {
  /** On a connection of its own, so that a pool whose own one is stuck is found out. Throws while Redis is away. */
  readonly queue: () => Queue
  readonly isBusy: () => boolean
  readonly log: Log
  readonly intervalMs?: number
}

const INTERVAL_MS = 5000
/** After so long a pool is thought to be stuck, whatever it says of itself. */
export const STUCK_AFTER_MS = 60_000

/** Whether a pool does its work, which is more than that its process is up. */
export const startPulse = ({ queue, isBusy, log, intervalMs = INTERVAL_MS }: PulseOptions): Pulse => {
  let beatMs = performance.now()
  const beat = () => {
    beatMs = performance.now()
  }
  const loop = startLoop({ name: 'pulse of the pool', intervalMs, log }, async () => {
    if (isBusy() || (await hasNothingToTake(queue()))) beat()
  })
  return { ...loop, beat, idleMs: () => performance.now() - beatMs }
}

const hasNothingToTake = async (queue: Queue): Promise<boolean> => {
  const { waiting = 0, prioritized = 0 } = await queue.getJobCounts('waiting', 'prioritized')
  return waiting + prioritized === 0 || queue.isPaused()
}
