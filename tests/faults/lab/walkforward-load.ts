import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Axis } from '@botcriptofy/engine/sweep'
import { type CandleSet, HOUR_MS } from './candle-sets.ts'
import type { Caller, LoadTimes } from './asked.ts'
import { crossing } from './load.ts'

/** A walk-forward that a caller wanted once. */
export interface AskedFlow {
  readonly tenantId: string
  readonly strategy: Strategy
  readonly set: CandleSet
  readonly axes: readonly Axis[]
  readonly plan: typeof PLAN
  /** The ids of every 202 that came; one, whatever happens. */
  readonly ids: Set<string>
  readonly refusals: string[]
}

/** Four windows of the candles of the lab. */
export const PLAN = {
  mode: 'rolling',
  trainMs: 1500 * HOUR_MS,
  testMs: 600 * HOUR_MS,
  purgeMs: 48 * HOUR_MS,
  embargoMs: 0,
} as const
const PAUSE_MS = [2000, 5000] as const

/** Submits one walk-forward after the other; the windows of each are swept and tested by the workers. */
export const startFlows = (
  seed: number,
  caller: Caller,
  times: LoadTimes,
): { readonly asked: readonly AskedFlow[]; readonly finished: Promise<void> } => {
  const random = seededRandom(seed)
  const asked: AskedFlow[] = []
  const run = async () => {
    while (!times.isOver()) {
      const fast = 4 + Math.floor(random() * 12)
      const strategy = crossing(fast, fast + 20, random)
      const axes: readonly Axis[] = [['indicators.fast.params.period', [fast, fast + 3, fast + 6, fast + 9]]]
      const { tenantId, set } = caller
      const one: AskedFlow = { tenantId, strategy, set, axes, plan: PLAN, ids: new Set(), refusals: [] }
      asked.push(one)
      const body = { strategy, candles: set.name, parameters: Object.fromEntries(axes), windows: PLAN }
      const request = { method: 'POST', path: '/v1/walkforwards', key: randomUUID(), body } as const
      const answer = await caller.client.insist(request, times.isGivenUp)
      const id = answer?.body['id']
      if (answer?.status === 202 && typeof id === 'string') one.ids.add(id)
      else if (answer !== undefined) one.refusals.push(`${answer.status} ${String(answer.body['code'])}`)
      await pause(PAUSE_MS[0] + random() * (PAUSE_MS[1] - PAUSE_MS[0]))
    }
  }
  return { asked, finished: run() }
}
