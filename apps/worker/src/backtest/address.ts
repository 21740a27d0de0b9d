import { type BacktestConfig, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { canonicalJson } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { sha256Hex } from '@botcriptofy/store/database'

/** A hash of everything that decides a backtest's numbers; the strategy has its parameters applied. */
export const resultAddress = (inputs: {
  readonly strategy: Strategy
  readonly config: BacktestConfig
  readonly datasetDigest: string
}): string => sha256Hex(canonicalJson({ ...inputs, engineRevision: ENGINE_REVISION }))
