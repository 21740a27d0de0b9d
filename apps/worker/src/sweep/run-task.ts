import type { BacktestOutcome, BacktestTask } from '../backtest/task.ts'
import { type BacktestThreads, RunTooLong, ThreadDied } from '../backtest/thread-pool.ts'

type Failure = { readonly kind: 'failed'; readonly code: string; readonly detail: string }
type Computed = Extract<BacktestOutcome, { kind: 'computed' }>
export type RunOutcome = Computed | Failure
type Tried = { readonly kind: 'ended'; readonly outcomes: readonly RunOutcome[] } | Failure

/**
 * A run that does not end by itself, or ends its thread twice, fails alone: the others of its task are made one by one.
 * Once is forgiven, for a thread may also end because others took the memory.
 */
export const runTask = async (
  run: BacktestThreads['run'],
  task: BacktestTask,
  signal: AbortSignal,
): Promise<readonly RunOutcome[]> => {
  const tried = await tryTask(run, task, signal)
  if (tried.kind === 'ended') return tried.outcomes
  if (task.runs.length === 1) {
    const last = tried.code === 'THREAD_DIED' ? await tryTask(run, task, signal) : tried
    return last.kind === 'ended' ? last.outcomes : [last]
  }
  const outcomes: RunOutcome[] = []
  for (const each of task.runs) {
    outcomes.push(...(await runTask(run, { ...task, runs: [each] }, signal)))
  }
  return outcomes
}

const tryTask = async (
  run: BacktestThreads['run'],
  task: BacktestTask,
  signal: AbortSignal,
): Promise<Tried> => {
  try {
    const outcomes = await run(task, signal)
    return { kind: 'ended', outcomes: outcomes.map(runOutcome) }
  } catch (error) {
    if (error instanceof RunTooLong) return failure('RUN_TOO_LONG', error)
    if (error instanceof ThreadDied) return failure('THREAD_DIED', error)
    throw error
  }
}

const runOutcome = (outcome: BacktestOutcome): RunOutcome =>
  outcome.kind === 'invalid' ? { ...outcome, kind: 'failed' } : outcome

const failure = (code: string, { message }: Error): Failure => ({ kind: 'failed', code, detail: message })
