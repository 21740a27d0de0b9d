import { setTimeout as delay } from 'node:timers/promises'
import { dialBudgetKey } from '@botcriptofy/contracts/stream'
import { defineScript, type Redis, runScript } from '../redis/index.ts'
import { createPacer, type Pacer } from './pacer.ts'

/** Dials that may follow each other at once after a quiet time. */
export const DIAL_BURST = 5
/** Without an answer for so long Redis is taken to be gone. */
const ANSWER_LIMIT_MS = 1000

export interface DialBudgetOptions {
  readonly redis: Redis
  readonly venue: string
  /** Between two dials of everybody, on average. */
  readonly spacingMs: number
  readonly random: () => number
}

/** Keeps the time at which the budget is whole again; answers the ms until the caller may ask anew, 0 when it may dial. */
const TURN = defineScript(`
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
local spacingMs, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local fullMs = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), nowMs)
local waitMs = fullMs - nowMs - (burst - 1) * spacingMs
if waitMs > 0 then return waitMs end
redis.call('SET', KEYS[1], fullMs + spacingMs, 'PX', fullMs + spacingMs - nowMs + 1000)
return 0`)

/**
 * Dials of all processes to one venue share a budget: venues count by address, and processes that lose a venue together
 * come back together. While Redis does not answer, each process keeps the pace for itself.
 */
export const createDialBudget = ({ redis, venue, spacingMs, random }: DialBudgetOptions): Pacer => {
  const alone = createPacer(spacingMs)
  let waiting = new AbortController()
  const askTurn = async (): Promise<number> => {
    const call = { keys: [dialBudgetKey(venue)], args: [spacingMs, DIAL_BURST] }
    const answer = runScript(redis, TURN, [call])
    answer.catch(() => undefined)
    const late = delay(ANSWER_LIMIT_MS, undefined, { ref: false }).then(() => {
      throw new Error('Redis did not answer')
    })
    late.catch(() => undefined)
    return Number((await Promise.race([answer, late]))[0])
  }
  const take = async (action: () => void, signal: AbortSignal): Promise<void> => {
    for (;;) {
      const waitMs = await askTurn().catch(() => undefined)
      if (signal.aborted) return
      if (waitMs === undefined) return alone.schedule(action)
      if (waitMs === 0) return action()
      // Those that wait for the same turn do not all ask for it at the same moment.
      await delay(waitMs + random() * spacingMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
    }
  }
  return {
    schedule: (action) => void take(action, waiting.signal),
    clear: () => {
      waiting.abort()
      waiting = new AbortController()
      alone.clear()
    },
  }
}
