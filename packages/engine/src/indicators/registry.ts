import { adx } from './adx.ts'
import { atr } from './atr.ts'
import { bbands } from './bbands.ts'
import { cci } from './cci.ts'
import type { IndicatorDefinition } from './definition.ts'
import { dema } from './dema.ts'
import { donchian } from './donchian.ts'
import { ema } from './ema.ts'
import { kama } from './kama.ts'
import { keltner } from './keltner.ts'
import { macd } from './macd.ts'
import { mfi } from './mfi.ts'
import { natr } from './natr.ts'
import { obv } from './obv.ts'
import { roc } from './roc.ts'
import { rsi } from './rsi.ts'
import { sma } from './sma.ts'
import { stoch } from './stoch.ts'
import { stochf } from './stochf.ts'
import { supertrend } from './supertrend.ts'
import { tema } from './tema.ts'
import { vwap } from './vwap.ts'
import { willr } from './willr.ts'
import { wma } from './wma.ts'

const CONTRACT = [sma, ema, wma, rsi, macd, bbands, stoch, atr, adx, cci, mfi, willr, roc, obv, vwap]
const FURTHER = [stochf, dema, tema, kama, natr, supertrend, donchian, keltner]

/** Where a custom indicator comes from: the module as the operator named it, and the sha256 of its source. */
export interface IndicatorOrigin {
  readonly module: string
  readonly sha256: string
}

interface Entry {
  readonly definition: IndicatorDefinition
  readonly origin?: IndicatorOrigin
}

/** Grows while the process starts, when the operator's modules are loaded, and never after. */
const entries = new Map<string, Entry>(
  [...CONTRACT, ...FURTHER].map((definition) => [definition.type, { definition }]),
)

/** The built-in types, those of the contract first, in its order. */
export const INDICATOR_TYPES: readonly string[] = [...entries.keys()]

/** Every known type: the built-in ones, then the custom ones in the order they were registered. */
export const indicatorTypes = (): readonly string[] => [...entries.keys()]

export const findIndicator = (type: string): IndicatorDefinition | undefined => entries.get(type)?.definition

/** The origin of a custom indicator; undefined for a built-in or unknown one. */
export const originOf = (type: string): IndicatorOrigin | undefined => entries.get(type)?.origin

/** Only `registerIndicator` calls this, after its checks. */
export const addIndicator = (definition: IndicatorDefinition, origin: IndicatorOrigin): void => {
  entries.set(definition.type, { definition, origin })
}

/**
 * The sha256 of the module of each custom indicator that is used, by type: part of the address of every result that
 * depends on them. Empty where all are built in.
 */
export const indicatorDigests = (
  used: Iterable<{ readonly type: string }>,
): Readonly<Record<string, string>> => {
  const digests = new Map<string, string>()
  for (const { type } of used) {
    const origin = originOf(type)
    if (origin !== undefined) digests.set(type, origin.sha256)
  }
  return Object.fromEntries(digests)
}
