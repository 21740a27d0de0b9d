import { type BacktestConfig, paperTradeLog, type Trade, tradeRows } from '@botcriptofy/engine/backtest'
import { createStepProgram, runSteps, type StepRun, type StepRunState } from '@botcriptofy/engine/bot'
import { createPaperSetup } from '@botcriptofy/engine/paper'
import type { RandomRun } from './random-run.ts'

/** What the reference loop makes of a run. */
export interface ReferenceRun {
  readonly trades: readonly Trade[]
  readonly equity: Float64Array
  readonly state: StepRunState
}

export const usedBars = ({ series, config: { rows } }: RandomRun): number =>
  Math.min(series.candles.time.length, rows ?? Infinity)

/** Core and paper venue of a run, to be stepped bar by bar. */
export const stepRunOf = ({ program, series, config }: RandomRun): StepRun => ({
  program: createStepProgram(program, { barMs: series.barMs }),
  paper: createPaperSetup(program.strategy, config, { symbol: '', barMs: series.barMs }),
  barMs: series.barMs,
})

/** Walks every bar of a run; `config` replaces what it says. */
export const referenceRun = (run: RandomRun, config: Partial<BacktestConfig> = {}): ReferenceRun => {
  const { candles, detail } = run.series
  const changed = { ...run, config: { ...run.config, ...config } }
  const { signalsFromBar } = changed.config
  const { trades, equity, state } = runSteps(stepRunOf(changed), {
    candles,
    bars: usedBars(changed),
    signalsFromBar,
    detail,
  })
  return { trades: tradeRows(paperTradeLog(trades), candles), equity, state }
}
