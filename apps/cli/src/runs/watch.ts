import type { runStatus } from '@botcriptofy/contracts/backtest'
import type { z } from 'zod'
import { WorkFailed } from '../failure.ts'
import { startProgress } from '../progress.ts'

/** What backtests and sweeps have in common while one waits for them. */
export interface Run {
  readonly id: string
  readonly status: z.infer<typeof runStatus>
  readonly progress: { readonly done: number; readonly total: number }
  readonly error: { readonly code: string; readonly detail: string } | null
}

const POLL_MS = 300

/** Asks until the run has ended, with a progress bar; a run that did not complete is a failure. */
export const watchRun = async <View extends Run>(
  label: string,
  fetchRun: () => Promise<View>,
): Promise<View> => {
  let progress: ReturnType<typeof startProgress> | undefined
  try {
    for (;;) {
      const run = await fetchRun()
      progress ??= startProgress(label, run.progress.total)
      progress.update(run.progress.done)
      if (run.status === 'completed') return run
      if (run.status === 'failed' || run.status === 'cancelled') throw new WorkFailed(describeEnd(run))
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  } finally {
    progress?.stop()
  }
}

const describeEnd = ({ id, status, error }: Run): string =>
  `${id} ${status}${error === null ? '' : `: ${error.code}: ${error.detail}`}`
