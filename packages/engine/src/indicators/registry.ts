import { bbands } from './bbands.ts'
import type { IndicatorDefinition } from './definition.ts'
import { ema } from './ema.ts'
import { macd } from './macd.ts'
import { rsi } from './rsi.ts'
import { sma } from './sma.ts'

const DEFINITIONS: ReadonlyMap<string, IndicatorDefinition> = new Map(
  [sma, ema, rsi, macd, bbands].map((definition) => [definition.type, definition]),
)

/** Every known type, in the order of the contract. */
export const INDICATOR_TYPES: readonly string[] = [...DEFINITIONS.keys()]

export const findIndicator = (type: string): IndicatorDefinition | undefined => DEFINITIONS.get(type)
