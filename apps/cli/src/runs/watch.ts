import { setTimeout } from 'node:timers/promises'
import { type RunProgress, runProgress } from '@botcriptofy/contracts/backtest'
import type { z } from 'zod'
import type { ApiClient } from '../client/api-client.ts'
import { WorkFailed } from '../failure.ts'
import { interruptible } from '../interrupt.ts'
import { startProgress } from '../progress.ts'

export interface WatchedRun<View extends z.ZodType> {
  /** `/v1/sweeps/ID` or `/v1/backtests/ID`. */
  readonly path: string
  /** Before the bar. */
  readonly label: string
  /** Of the run, which is asked for once it has ended. */
  readonly view: View
  /** For programs: no bar and no lines. */
  readonly isQuiet?: boolean | undefined
}

const POLL_MS = 300

/**
 * Asks until the run has ended, with a progress bar; a run that did not complete is a failure. Ctrl-C ends the watching
 * and leaves the run and the terminal as they should be.
 */
export const watchRun = <View extends z.ZodType>(
  api: ApiClient,
  run: WatchedRun<View>,
): Promise<z.infer<View>> => {
  const id = run.path.split('/').at(-1) ?? ''
  return interruptible(`${id} goes on without being watched; the command cancel stops it`, (signal) =>
    untilEnd(api, run, signal),
  )
}

const untilEnd = async <View extends z.ZodType>(
  api: ApiClient,
  { path, label, view, isQuiet = false }: WatchedRun<View>,
  signal: AbortSignal,
): Promise<z.infer<View>> => {
  let progress: ReturnType<typeof startProgress> | undefined
  try {
    for (;;) {
      const run = await api.get(`${path}/progress`, runProgress)
      signal.throwIfAborted()
      if (!isQuiet) progress ??= startProgress(label, run.progress.total)
      progress?.update(run.progress.done, run.progress)
      if (run.status === 'completed') return await api.get(path, view)
      if (run.status === 'failed' || run.status === 'cancelled') throw new WorkFailed(describeEnd(run))
      await setTimeout(POLL_MS, undefined, { signal })
    }
  } finally {
    progress?.stop()
  }
}

const describeEnd = ({ id, status, error }: RunProgress): string =>
  `${id} ${status}${error === null ? '' : `: ${error.code}: ${error.detail}`}`
