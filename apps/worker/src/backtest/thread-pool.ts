import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ThreadLoad } from '@botcriptofy/runtime/metrics'
import { Piscina } from 'piscina'
import type { BacktestOutcome, BacktestTask, ThreadData } from './task.ts'

interface ThreadOptions {
  readonly threads?: number
  /** Loaded by each thread for itself. */
  readonly indicatorModules?: readonly string[]
}

export interface BacktestThreads {
  readonly run: (task: BacktestTask, signal: AbortSignal) => Promise<BacktestOutcome>
  readonly threads: number
  /** Now: threads that compute, and tasks that none has taken yet. */
  readonly load: () => ThreadLoad
  readonly close: () => Promise<void>
}

/** From source the thread is TypeScript and needs the loader; from dist it is plain JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const SOURCE_FLAGS = ['--import', 'tsx', '--conditions', '@botcriptofy/source']

/** CPU work runs here and never on the event loop that renews the locks. An abort ends the thread in mid-run. */
export const openBacktestThreads = ({
  threads = availableParallelism(),
  indicatorModules = [],
}: ThreadOptions = {}): BacktestThreads => {
  const workerData: ThreadData = { indicatorModules }
  const pool = new Piscina<BacktestTask, BacktestOutcome>({
    filename: fileURLToPath(new URL(`./backtest.thread.${extension}`, import.meta.url)),
    name: 'runTask',
    minThreads: threads,
    maxThreads: threads,
    workerData,
    ...(extension === 'ts' ? { execArgv: SOURCE_FLAGS } : {}),
  })
  let unfinished = 0
  return {
    threads,
    run: (task, signal) => {
      unfinished++
      return pool.run(task, { signal }).finally(() => unfinished--)
    },
    load: () => ({ threads, busy: unfinished - pool.queueSize, waiting: pool.queueSize }),
    close: () => pool.destroy(),
  }
}
