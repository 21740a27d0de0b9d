import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { allocateCandles } from '@botcriptofy/engine/market'
import { SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { expect, test } from 'vitest'
import type { BacktestOutcome, BacktestTask } from '../backtest/task.ts'
import { type BacktestThreads, RunTooLong, ThreadDied } from '../backtest/thread-pool.ts'
import { runTask } from './run-task.ts'

type Manner = 'sound' | 'deadly' | 'deadly once' | 'endless'

const taskOf = (manners: readonly Manner[]): BacktestTask => ({
  datasetDigest: 'd',
  candles: allocateCandles(0, { shared: false }),
  runs: manners.map((name) => ({ strategy: { ...SMA_CROSS, name }, config: DEFAULT_BACKTEST_CONFIG })),
  indicatorDigests: {},
  wanted: 'numbers',
})

const invalidBy = (detail: string): BacktestOutcome => ({ kind: 'invalid', code: 'BACKTEST_FAILED', detail })

/** The names of the strategies say what becomes of a task; `calls` has the names of each. */
const fates = () => {
  const calls: string[][] = []
  const run: BacktestThreads['run'] = ({ runs }) => {
    const names = runs.map(({ strategy }) => strategy.name)
    calls.push(names)
    const isFirst = calls.filter((call) => call.includes('deadly once')).length === 1
    if (names.includes('deadly')) return Promise.reject(new ThreadDied('died'))
    if (names.includes('deadly once') && isFirst) return Promise.reject(new ThreadDied('died'))
    if (names.includes('endless')) return Promise.reject(new RunTooLong('endless'))
    return Promise.resolve(names.map(invalidBy))
  }
  return { run, calls }
}

const codesOf = async (manners: readonly Manner[]) => {
  const { run, calls } = fates()
  const outcomes = await runTask(run, taskOf(manners), new AbortController().signal)
  return { calls, ends: outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind)) }
}

const FINE = 'BACKTEST_FAILED'

test.each<[string, readonly Manner[], readonly string[], number]>([
  ['sound runs are made together', ['sound', 'sound', 'sound'], [FINE, FINE, FINE], 1],
  ['a run that ends its thread fails alone', ['sound', 'deadly', 'sound'], [FINE, 'THREAD_DIED', FINE], 5],
  ['a run that does not end fails alone', ['sound', 'endless'], [FINE, 'RUN_TOO_LONG'], 3],
  ['a thread that ended once is forgiven', ['deadly once'], [FINE], 2],
  ['of a single run too', ['deadly'], ['THREAD_DIED'], 2],
])('%s', async (_title, manners, ends, tasks) => {
  const told = await codesOf(manners)
  expect(told.ends).toEqual(ends)
  expect(told.calls).toHaveLength(tasks)
})
