import type { BacktestOutcome, BacktestTask } from '../backtest/task.ts'
import { type BacktestThreads, RunTooLong, ThreadDied } from '../backtest/thread-pool.ts'

type Failure = { readonly kind: 'failed'; readonly code: string; readonly detail: string }

/**
 * A run that does not end by itself, or ends its thread twice, fails alone: the other runs of its chunk go on. Once is
 * forgiven, for a thread may also end because others took the memory.
 */
export const runTaskAlone = async (
  threads: BacktestThreads,
  task: BacktestTask,
  signal: AbortSignal,
): Promise<Exclude<BacktestOutcome, { kind: 'invalid' }> | Failure> => {
  const first = await runOnce(threads, task, signal)
  return first.kind === 'failed' && first.code === 'THREAD_DIED' ? runOnce(threads, task, signal) : first
}

const runOnce = async (threads: BacktestThreads, task: BacktestTask, signal: AbortSignal) => {
  try {
    const outcome = await threads.run(task, signal)
    return outcome.kind === 'invalid' ? { ...outcome, kind: 'failed' as const } : outcome
  } catch (error) {
    if (error instanceof RunTooLong) return failure('RUN_TOO_LONG', error)
    if (error instanceof ThreadDied) return failure('THREAD_DIED', error)
    throw error
  }
}

const failure = (code: string, { message }: Error): Failure => ({ kind: 'failed', code, detail: message })
