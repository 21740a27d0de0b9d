import { workerData } from 'node:worker_threads'
import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { loadModules } from '@botcriptofy/runtime/modules'
import { z } from 'zod'
import { computePortfolio } from './compute-portfolio.ts'
import { createTaskComputer } from './compute-task.ts'
import { requireSameIndicators } from './indicator-digests.ts'
import type { BacktestOutcome, BacktestTask, TaskRun, ThreadAnswer, ThreadData } from './task.ts'

const threadData = z.object({ indicatorModules: z.array(z.string()) }) satisfies z.ZodType<ThreadData>

/** A module that fails here, though it loaded when the process started, fails the tasks and not the process. */
const indicators = loadModules({
  variable: 'INDICATOR_MODULES',
  names: threadData.parse(workerData).indicatorModules,
  accept: registerIndicatorModule,
})
indicators.catch(() => undefined)

const compute = createTaskComputer()

/** Runs the backtests of a task in a thread of the pool. */
export const runTask = async (task: BacktestTask): Promise<ThreadAnswer> => {
  try {
    await indicators
    // A thread that was started anew has read the modules anew.
    for (const { strategy } of task.runs) requireSameIndicators(strategy, task.indicatorDigests)
  } catch (error) {
    return { kind: 'refused', detail: messageOf(error) }
  }
  return { kind: 'ended', outcomes: task.runs.map((run) => runOne(task, run)) }
}

const runOne = (task: BacktestTask, run: TaskRun): BacktestOutcome => {
  const { members } = task
  try {
    return members === undefined ? compute(task, run) : computePortfolio(members, run)
  } catch (error) {
    return { kind: 'invalid', code: 'BACKTEST_FAILED', detail: messageOf(error) }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
