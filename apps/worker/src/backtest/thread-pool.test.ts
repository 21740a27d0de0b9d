import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { allocateCandles, CANDLE_COLUMNS, generateCandles } from '@botcriptofy/engine/market'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BacktestOutcome, BacktestTask } from './task.ts'
import { openBacktestThreads, RunTooLong, ThreadDied } from './thread-pool.ts'

/** The close `period` bars ago, as an indicator of the operator. */
const MODULE = `
const next = (state, { close }, out) => {
  state.closes.push(close)
  out[0] = state.closes.length > state.period ? state.closes.shift() : NaN
}
export const indicator = {
  type: 'past_close',
  parameters: [{ name: 'period', integer: true, min: 1, max: 50 }],
  lines: ['value'],
  takesSource: false,
  lookback: ({ period }) => period,
  stabilisation: ({ period }) => period,
  compute: ({ candles: { close } }, { period }, [out]) => {
    for (let i = 0; i < close.length; i++) out[i] = i < period ? NaN : close[i - period]
  },
  stream: { start: ({ period }) => ({ period, closes: [] }), next },
}
`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thread-pool-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sharedCandles = () => {
  const options = { seed: 4, bars: 500, startMs: 0, timeframeMs: 60_000, startPrice: 100 }
  const candles = generateCandles(options)
  const shared = allocateCandles(candles.time.length, { shared: true })
  for (const name of CANDLE_COLUMNS) shared[name].set(candles[name])
  return shared
}

const taskOf = (
  type: string,
  indicatorDigests: BacktestTask['indicatorDigests'],
  period = 3,
): BacktestTask => ({
  datasetDigest: 'd',
  candles: sharedCandles(),
  runs: [
    {
      config: DEFAULT_BACKTEST_CONFIG,
      strategy: {
        name: 'x',
        version: 1,
        direction: 'long',
        indicators: { past: { type, params: { period } } },
        entry: { long: { left: 'close', op: '>', right: 'past' } },
        exit: { long: { left: 'close', op: '<', right: 'past' } },
        sizing: { kind: 'equityFraction', value: 1 },
      },
    },
  ],
  indicatorDigests,
  wanted: 'series',
})

/** Runs tasks in one new thread that loads these modules. */
const runAll = async (
  modules: readonly string[],
  tasks: readonly BacktestTask[],
  runLimitMs?: number,
): Promise<PromiseSettledResult<readonly BacktestOutcome[]>[]> => {
  const threads = openBacktestThreads({
    threads: 1,
    indicatorModules: modules,
    ...(runLimitMs === undefined ? {} : { runLimitMs }),
  })
  try {
    const signal = new AbortController().signal
    return await Promise.allSettled(tasks.map((task) => threads.run(task, signal)))
  } finally {
    await threads.close()
  }
}

const SLOW = { timeout: 60_000 }

test('a thread computes with the modules it is given and refuses work of other ones', SLOW, async () => {
  const path = join(folder, 'past.mjs')
  writeFileSync(path, MODULE)
  const past_close = createHash('sha256').update(MODULE).digest('hex')
  const [own, other, builtIn] = await runAll(
    [path],
    [
      taskOf('past_close', { past_close }),
      taskOf('past_close', { past_close: 'e'.repeat(64) }),
      taskOf('sma', {}),
    ],
  )
  expect(own).toMatchObject({ status: 'fulfilled', value: [{ kind: 'computed' }] })
  expect(builtIn).toMatchObject({ status: 'fulfilled', value: [{ kind: 'computed' }] })
  expect(other?.status === 'rejected' && String(other.reason)).toMatch(
    /expected the indicator past_close of a module with sha256 e{64}/,
  )
})

test('a module that no longer loads fails the work and not the process', SLOW, async () => {
  const [failed] = await runAll([join(folder, 'gone.mjs')], [taskOf('sma', {})])
  expect(failed?.status === 'rejected' && String(failed.reason)).toMatch(
    /gone\.mjs: expected a module that loads, was ENOENT/,
  )
})

/** Harmless while it is checked, with parameters of up to 50 bars; then one period loops, one ends its thread, one throws. */
const HARMFUL = MODULE.replace('max: 50', 'max: 5000').replace(
  'for (let i',
  `if (period === 4001) for (;;);
    if (period === 4002) process.exit(3)
    if (period === 4003) throw new Error('not this one')
    for (let i`,
)

test(
  'a run that never ends, ends its thread or throws is told apart, and the next one is computed',
  SLOW,
  async () => {
    const path = join(folder, 'harmful.mjs')
    writeFileSync(path, HARMFUL)
    const past_close = createHash('sha256').update(HARMFUL).digest('hex')
    const tasks = [4002, 4003, 5, 4001].map((period) => taskOf('past_close', { past_close }, period))
    const [deadly, thrown, good, endless] = await runAll([path], tasks, 12_000)
    expect(endless).toMatchObject({ status: 'rejected', reason: expect.any(RunTooLong) })
    expect(endless).toMatchObject({
      reason: { message: 'expected a run of at most 12 s, was ended after that' },
    })
    expect(deadly).toMatchObject({ status: 'rejected', reason: expect.any(ThreadDied) })
    expect(thrown).toEqual({
      status: 'fulfilled',
      value: [{ kind: 'invalid', code: 'BACKTEST_FAILED', detail: 'not this one' }],
    })
    expect(good).toMatchObject({ status: 'fulfilled', value: [{ kind: 'computed' }] })
  },
)
