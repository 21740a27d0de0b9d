import { adx } from './adx.ts'
import { atr } from './atr.ts'
import { bbands } from './bbands.ts'
import { cci } from './cci.ts'
import type { IndicatorDefinition } from './definition.ts'
import { ema } from './ema.ts'
import { macd } from './macd.ts'
import { mfi } from './mfi.ts'
import { obv } from './obv.ts'
import { roc } from './roc.ts'
import { rsi } from './rsi.ts'
import { sma } from './sma.ts'
import { stoch } from './stoch.ts'
import { vwap } from './vwap.ts'
import { willr } from './willr.ts'
import { wma } from './wma.ts'

const ALL = [sma, ema, wma, rsi, macd, bbands, stoch, atr, adx, cci, mfi, willr, roc, obv, vwap]

const DEFINITIONS: ReadonlyMap<string, IndicatorDefinition> = new Map(
  ALL.map((definition) => [definition.type, definition]),
)

/** Every known type, in the order of the contract. */
export const INDICATOR_TYPES: readonly string[] = [...DEFINITIONS.keys()]

export const findIndicator = (type: string): IndicatorDefinition | undefined => DEFINITIONS.get(type)
