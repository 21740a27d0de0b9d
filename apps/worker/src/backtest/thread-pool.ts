import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ThreadLoad } from '@botcriptofy/runtime/metrics'
import { Piscina } from 'piscina'
import { IndicatorMismatch } from './indicator-digests.ts'
import { createPermits } from './permits.ts'
import type { BacktestOutcome, BacktestTask, ThreadAnswer, ThreadData } from './task.ts'

interface ThreadOptions {
  readonly threads?: number
  /** Loaded by each thread for itself. */
  readonly indicatorModules?: readonly string[]
  /** A task that computes for longer is ended. */
  readonly runLimitMs?: number
}

/** The run took longer than a run may; its thread was ended with it. */
export class RunTooLong extends Error {}

/** The thread ended under the run: out of memory, or by a module that ended it. */
export class ThreadDied extends Error {}

export interface BacktestThreads {
  /**
   * The outcomes of the task's runs, in their order. Rejects with `RunTooLong`, `ThreadDied`, `IndicatorMismatch`,
   * or the reason of the signal.
   */
  readonly run: (task: BacktestTask, signal: AbortSignal) => Promise<readonly BacktestOutcome[]>
  readonly threads: number
  /** Now: threads that compute, and tasks that none has taken yet. */
  readonly load: () => ThreadLoad
  readonly close: () => Promise<void>
}

/** From source the thread is TypeScript and needs the loader; from dist it is plain JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const SOURCE_FLAGS = ['--import', 'tsx', '--conditions', '@botcriptofy/source']
const RUN_LIMIT_MS = 600_000

/** CPU work runs here and never on the event loop that renews the locks. An abort ends the thread in mid-run. */
export const openBacktestThreads = ({
  threads = availableParallelism(),
  indicatorModules = [],
  runLimitMs = RUN_LIMIT_MS,
}: ThreadOptions = {}): BacktestThreads => {
  const workerData: ThreadData = { indicatorModules }
  const pool = new Piscina<BacktestTask, ThreadAnswer>({
    filename: fileURLToPath(new URL(`./backtest.thread.${extension}`, import.meta.url)),
    name: 'runTask',
    minThreads: threads,
    maxThreads: threads,
    workerData,
    ...(extension === 'ts' ? { execArgv: SOURCE_FLAGS } : {}),
  })
  // As many as there are threads, so that a run's time begins with the run and not with its waiting.
  const permits = createPermits(threads)
  let unfinished = 0
  let busy = 0
  const runInTime: BacktestThreads['run'] = async (task, signal) => {
    const release = await permits(signal)
    busy++
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), runLimitMs)
    try {
      const answer = await pool.run(task, { signal: AbortSignal.any([signal, limit.signal]) })
      if (answer.kind === 'refused') throw new IndicatorMismatch(answer.detail)
      return answer.outcomes
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof IndicatorMismatch) throw error
      if (limit.signal.aborted) {
        throw new RunTooLong(`expected a run of at most ${runLimitMs / 1000} s, was ended after that`)
      }
      const reason = error instanceof Error ? error.message : String(error)
      throw new ThreadDied(`the thread ended under the run: ${reason}`, { cause: error })
    } finally {
      clearTimeout(timer)
      busy--
      release()
    }
  }
  return {
    threads,
    run: (task, signal) => {
      unfinished++
      return runInTime(task, signal).finally(() => unfinished--)
    },
    load: () => ({ threads, busy, waiting: unfinished - busy }),
    close: () => pool.destroy(),
  }
}
