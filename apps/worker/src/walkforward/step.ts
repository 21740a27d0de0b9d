import { describeProblem } from '@botcriptofy/engine/kernel'
import { parseTimeframe } from '@botcriptofy/engine/market'
import { compileStrategy, settledFrom, type Strategy } from '@botcriptofy/engine/strategy'
import { applyParams } from '@botcriptofy/engine/sweep'
import {
  endWindow,
  findBarsBefore,
  findBestRun,
  findWindowRun,
  isUnchanged,
  pinRange,
  startTest,
  type WalkForwardForWork,
} from '@botcriptofy/store/walkforward'
import { DATASET_CHANGED } from './plan.ts'
import type { Prepare } from './prepare.ts'

/** After a training the test of its best run; after a test nothing but the counting. */
export const prepareStep: Prepare = async (db, scope, { flow, sweepId }) => {
  const run = await findWindowRun(db, scope, sweepId)
  if (run === undefined) return { code: 'WINDOW_LOST', detail: `expected the run ${sweepId}, was none` }
  const { place } = run
  if (run.run_status !== 'completed') {
    const part = run.kind === 'sweep' ? 'training' : 'test'
    const detail = `the ${part} of window ${place} ${run.run_status}: ${run.error_detail ?? 'without a reason'}`
    return { code: run.error_code ?? 'WINDOW_FAILED', detail }
  }
  const end = (tx: typeof db) => endWindow(tx, scope, { flow, place })
  if (run.kind === 'backtest') return end
  const best = await findBestRun(db, scope, sweepId)
  // Nothing to choose, nothing to trade: the account stands still during this window.
  if (best === undefined) return end
  const strategy = chosenStrategy(flow, best.params)
  const wanted = { beforeMs: run.test_from_ms, bars: warmUpBars(flow, strategy) }
  const before = await findBarsBefore(db, flow, wanted)
  const dataset = await pinRange(db, flow, { fromMs: before.fromMs, toMs: run.test_to_ms })
  if (!(await isUnchanged(db, flow))) return DATASET_CHANGED
  if (dataset === undefined || dataset.bars === before.bars) return end
  // The close of the last bar before the window may signal what its first open fills.
  const signalsFromBar = Math.max(0, before.bars - 1)
  const test = { flow, place, chosen: best.ordinal, strategy, dataset, signalsFromBar }
  return (tx) => startTest(tx, scope, test)
}

const chosenStrategy = (
  { strategy }: WalkForwardForWork,
  params: Readonly<Record<string, number>>,
): Strategy => {
  const applied = applyParams(strategy, params)
  // The run was computed with them.
  if (!applied.ok) throw new Error(applied.error.map(describeProblem).join('; '))
  return applied.value
}

/** Bars before the window, so many that all indicators have settled on the last of them. */
const warmUpBars = ({ timeframe }: WalkForwardForWork, strategy: Strategy): number => {
  const length = parseTimeframe(timeframe, 'timeframe')
  const barMs = length.ok ? length.value : undefined
  const compiled = compileStrategy(strategy, { barMs })
  if (!compiled.ok) throw new Error(compiled.error.map(describeProblem).join('; '))
  return Math.max(settledFrom(compiled.value, barMs), compiled.value.firstSignalBar) + 1
}
