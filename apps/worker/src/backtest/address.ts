import { type BacktestConfig, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { canonicalJson } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { digestsOf } from './indicator-digests.ts'
import { sha256Hex } from '@botcriptofy/store/database'

/**
 * A hash of everything that decides a backtest's numbers; the strategy has its parameters applied. Built-in indicators
 * belong to the engine's revision, custom ones count by the digest of their source.
 */
export const resultAddress = (inputs: {
  readonly strategy: Strategy
  readonly config: BacktestConfig
  readonly datasetDigest: string
  /** Of finer candles that the fills happen in; absent: none. */
  readonly detailDigest?: string | undefined
}): string => {
  const { detailDigest, ...whole } = inputs
  const digests = digestsOf(inputs.strategy)
  const custom = Object.keys(digests).length === 0 ? {} : { indicatorDigests: digests }
  const detail = detailDigest === undefined ? {} : { detailDigest }
  return sha256Hex(canonicalJson({ ...whole, ...detail, ...custom, engineRevision: ENGINE_REVISION }))
}
