import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Random, seededRandom } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { Axis } from '@botcriptofy/engine/sweep'
import type { Asked, AskedCancel, Caller, LoadTimes } from './asked.ts'
import type { Answer } from './client.ts'
import { breakageOf, extensionOf, FAST, reopen } from './reopen.ts'

export interface Load {
  readonly asked: readonly Asked[]
  /** Resolves when every request was answered or given up. */
  readonly finished: Promise<void>
}

export interface LoadOptions extends LoadTimes {
  readonly seed: number
  readonly callers: readonly Caller[]
  /** Loops that submit at the same time, spread over the callers. */
  readonly loops: number
  /** Where the files lie that break runs until they are repaired. */
  readonly brokenFolder: string
  /** True while enough is unfinished; submitting pauses. */
  readonly isBehind: () => boolean
}

const PAUSE_MS = [150, 900] as const
const CANCEL_AFTER_MS = 1500
const PAUSED_MS = 2000
const SHARE = { sweep: 0.7, cancel: 0.15, twice: 0.25, pause: 0.15, extend: 0.12, rerun: 0.12 } as const
const TICKETS = 1e9

/** Callers that submit sweeps and backtests nobody has computed, send some of them twice, and pause, cancel, extend or rerun some. */
export const startLoad = (options: LoadOptions): Load => {
  const asked: Asked[] = []
  const loop = async (place: number) => {
    const random = seededRandom(options.seed * 1009 + place)
    const caller = options.callers[place % options.callers.length]
    if (caller === undefined) throw new Error('expected at least one caller, was none')
    while (!options.isOver()) {
      if (!options.isBehind()) {
        const one = draw(random, caller, options.brokenFolder)
        asked.push(one.asked)
        await submit(one, { random, caller, options })
      }
      await pause(PAUSE_MS[0] + random() * (PAUSE_MS[1] - PAUSE_MS[0]))
    }
  }
  const loops = Array.from({ length: options.loops }, (_, place) => loop(place))
  return { asked, finished: Promise.all(loops).then(() => undefined) }
}

interface Submission {
  readonly asked: Asked
  readonly path: string
  readonly body: object
}

const draw = (random: Random, { tenantId, set }: Caller, brokenFolder: string): Submission => {
  const kind = random() < SHARE.sweep ? 'sweep' : 'backtest'
  const fast = 3 + Math.floor(random() * 15)
  const slow = fast + 5 + Math.floor(random() * 40)
  // A third of the sweeps have several chunks.
  const [fasts, slows] = random() < 0.33 ? [8, 8] : [3, 1 + Math.floor(random() * 6)]
  const axes: readonly Axis[] =
    kind === 'backtest'
      ? []
      : [
          [FAST, Array.from({ length: fasts }, (_, k) => fast + k)],
          ['indicators.slow.params.period', Array.from({ length: slows }, (_, k) => slow + fasts + 2 * k)],
        ]
  const fate = kind === 'sweep' ? random() : 1
  const isRerun = fate < SHARE.rerun
  const ticket = Math.floor(random() * TICKETS)
  const plain = crossing(fast, slow, random)
  const strategy = isRerun ? repairable(plain, ticket) : plain
  const asked: Asked = {
    key: randomUUID(),
    tenantId,
    kind,
    strategy,
    set,
    axes,
    ids: new Set(),
    refusals: [],
    cancel: undefined,
    moves: [],
    reopening: isRerun
      ? breakageOf(brokenFolder, ticket, axes)
      : fate < SHARE.rerun + SHARE.extend
        ? extensionOf(axes)
        : undefined,
  }
  const parameters = kind === 'sweep' ? { parameters: Object.fromEntries(axes) } : {}
  const body = { strategy, candles: set.name, ...parameters }
  return { asked, path: kind === 'sweep' ? '/v1/sweeps' : '/v1/backtests', body }
}

/** The stop has so many digits that no two draws are the same strategy: nothing is found in the store. */
export const crossing = (fast: number, slow: number, random: Random): Strategy => ({
  name: 'fault-lab',
  version: 1,
  direction: 'both',
  indicators: {
    fast: { type: 'ema', params: { period: fast } },
    slow: { type: 'sma', params: { period: slow } },
  },
  entry: {
    long: { all: [{ left: 'fast', op: 'crosses_above', right: 'slow' }] },
    short: { all: [{ left: 'fast', op: 'crosses_below', right: 'slow' }] },
  },
  exit: {},
  stopLoss: { fraction: 0.01 + random() * 0.03 },
  sizing: { kind: 'equityFraction', value: 0.5 },
})

/** The same with the lab's own indicator in the place of the fast one. */
const repairable = (strategy: Strategy, ticket: number): Strategy => ({
  ...strategy,
  indicators: { ...strategy.indicators, fast: { type: 'repairable', params: { ticket, period: 5 } } },
})

interface Turn {
  readonly random: Random
  readonly caller: Caller
  readonly options: LoadOptions
}

const submit = async ({ asked, path, body }: Submission, turn: Turn): Promise<void> => {
  const { random, caller, options } = turn
  const request = { method: 'POST', path, key: asked.key, body } as const
  const copies = random() < SHARE.twice ? 2 : 1
  const isCancelled = random() < SHARE.cancel && asked.reopening === undefined
  const cancelAfterMs = random() * CANCEL_AFTER_MS
  const isPaused = asked.kind === 'sweep' && random() < SHARE.pause
  const pausedMs = random() * PAUSED_MS
  const answers = await Promise.all(
    Array.from({ length: copies }, () => caller.client.insist(request, options.isGivenUp)),
  )
  for (const answer of answers) note(asked, answer)
  const [id] = asked.ids
  if (id === undefined) return
  if (isPaused) {
    await move(asked, `${path}/${id}/pause`, turn)
    await pause(pausedMs)
    await move(asked, `${path}/${id}/resume`, turn)
  }
  await reopen(asked, `${path}/${id}`, { client: caller.client, times: options })
  if (!isCancelled) return
  await pause(cancelAfterMs)
  await cancel(asked, `${path}/${id}/cancel`, turn)
}

const note = (asked: Asked, answer: Answer | undefined): void => {
  if (answer === undefined) return
  const id = answer.body['id']
  if (answer.status === 202 && typeof id === 'string') asked.ids.add(id)
  else asked.refusals.push(`${answer.status} ${String(answer.body['code'])}`)
}

const move = async (asked: Asked, path: string, { caller, options }: Turn): Promise<void> => {
  const answer = await caller.client.insist({ method: 'POST', path, key: randomUUID() }, options.isGivenUp)
  if (answer === undefined) return
  asked.moves.push(answer.status === 200 ? '200' : `${answer.status} ${String(answer.body['code'])}`)
}

const cancel = async (asked: Asked, path: string, { caller, options }: Turn): Promise<void> => {
  const outcome: AskedCancel = { ackMs: undefined, answer: 'none' }
  asked.cancel = outcome
  const answer = await caller.client.insist({ method: 'POST', path, key: randomUUID() }, options.isGivenUp)
  if (answer === undefined) return
  outcome.answer = `${answer.status} ${String(answer.body['code'] ?? answer.body['status'])}`
  if (answer.status === 200) outcome.ackMs = Date.now()
}
