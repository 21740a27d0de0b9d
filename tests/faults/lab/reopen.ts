import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Axis } from '@botcriptofy/engine/sweep'
import type { Asked, LoadTimes, Reopening } from './asked.ts'
import type { ApiClient } from './client.ts'

export const FAST = 'indicators.fast.params.period'

/** A grid beside the one of the sweep: one more value of its first axis. */
export const extensionOf = (axes: readonly Axis[]): Reopening => {
  const [[, fasts] = [FAST, []], ...rest] = axes
  return { verb: 'extend', axes: [[FAST, [Math.max(...fasts) + 100]], ...rest], answer: undefined }
}

/** Breaks the middle value of the first axis for the strategy with this ticket, until it is repaired. */
export const breakageOf = (folder: string, ticket: number, axes: readonly Axis[]): Reopening => {
  const [[, fasts] = [FAST, []], ...rest] = axes
  const broken = join(folder, `${ticket}-${fasts[1]}`)
  writeFileSync(broken, '')
  const failing = rest.reduce((runs, [, values]) => runs * values.length, 1)
  return { verb: 'rerun', broken, failing, answer: undefined }
}

const LOOK_MS = 250

/** Waits for the end of the sweep, then extends it, or repairs what failed in it and reruns that. */
export const reopen = async (
  { reopening, refusals }: Asked,
  path: string,
  { client, times }: { readonly client: ApiClient; readonly times: LoadTimes },
): Promise<void> => {
  if (reopening === undefined) return
  while ((await client.send({ method: 'GET', path }))?.body['status'] !== 'completed') {
    if (times.isGivenUp()) return
    await pause(LOOK_MS)
  }
  if (reopening.verb === 'rerun') rmSync(reopening.broken)
  const request = {
    method: 'POST',
    path: `${path}/${reopening.verb}`,
    key: randomUUID(),
    ...(reopening.verb === 'extend' ? { body: { parameters: Object.fromEntries(reopening.axes) } } : {}),
  } as const
  const answer = await client.insist(request, times.isGivenUp)
  if (answer === undefined) return
  reopening.answer = String(answer.status)
  if (answer.status !== 202)
    refusals.push(`${reopening.verb}: ${answer.status} ${String(answer.body['code'])}`)
}
