import type { SourceField } from '../market/index.ts'

/** A strategy as users write it (contract section 4), shape-checked; names are resolved by `compileStrategy`. */
export interface Strategy {
  readonly name: string
  readonly version: number
  readonly direction: 'long' | 'short' | 'both'
  readonly indicators: Readonly<Record<string, StrategyIndicator>>
  readonly entry: SidedRules
  readonly exit?: SidedRules | undefined
  readonly stopLoss?: { readonly fraction: number } | undefined
  readonly takeProfit?: { readonly fraction: number } | undefined
  readonly trailingStop?:
    | { readonly fraction: number; readonly activationFraction?: number | undefined }
    | undefined
  readonly sizing: Sizing
  /** How an entry is placed; a market order at the next open when absent. */
  readonly entryOrder?: EntryOrder | undefined
  /** Further limit orders below (a short: above) the first fill, nearest first. */
  readonly scaleIn?: readonly ScaleInStep[] | undefined
  /** Partial targets above (a short: below) the mean entry price, nearest first. */
  readonly scaleOut?: readonly ScaleOutStep[] | undefined
  /** Closes at market once the position has been held for this many closes. */
  readonly timeExit?: { readonly bars: number } | undefined
}

/**
 * Where an order rests. A fraction is measured from the close that gave the signal, away from it: a buy limit below,
 * a buy stop above, mirrored for a short; the limit of a stop-limit is measured from its stop, further on. `price` is
 * an operand read at the signal.
 */
export type PriceLevel = { readonly offsetFraction: number } | { readonly price: Operand }

/** `expireBars` counts the bars an order may fill in; without it the order rests until it fills or is cancelled. */
export type EntryOrder =
  | { readonly kind: 'limit'; readonly limit: PriceLevel; readonly expireBars?: number | undefined }
  | { readonly kind: 'stop'; readonly stop: PriceLevel; readonly expireBars?: number | undefined }
  | {
      /** `stop_limit` rests as a limit once the stop was reached; of `oco` the first to fill cancels the other. */
      readonly kind: 'stop_limit' | 'oco'
      readonly stop: PriceLevel
      readonly limit: PriceLevel
      readonly expireBars?: number | undefined
    }

export interface ScaleInStep {
  /** Distance from the first fill price. */
  readonly fraction: number
  /** Quantity as a multiple of the first entry's. */
  readonly size: number
}

export interface ScaleOutStep {
  /** Distance from the mean entry price. */
  readonly fraction: number
  /** Share of everything bought so far. */
  readonly share: number
}

export interface StrategyIndicator {
  readonly type: string
  readonly params?: Readonly<Record<string, number>> | undefined
  readonly source?: SourceField | undefined
  /** Longer bars to compute it on (`4h`), aggregated from the candles; only closed ones are seen. */
  readonly timeframe?: string | undefined
}

export interface SidedRules {
  readonly long?: Rule | undefined
  readonly short?: Rule | undefined
}

export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | Comparison

export interface Comparison {
  readonly left: Operand
  readonly op: Operator
  readonly right: Operand
}

export const OPERATORS = ['>', '<', '>=', '<=', '==', '!=', 'crosses_above', 'crosses_below'] as const
export type Operator = (typeof OPERATORS)[number]

/** A name some bars back. */
export interface Reference {
  readonly ref: string
  readonly offset?: number | undefined
}

/**
 * Evaluated left to right in float64. A result that is not finite is undefined, as is every result of an undefined
 * operand. `sub` and `div` take two operands, `abs` one (in a list or bare), the others two or more.
 */
export type Arithmetic =
  | { readonly add: readonly Operand[] }
  | { readonly sub: readonly Operand[] }
  | { readonly mul: readonly Operand[] }
  | { readonly div: readonly Operand[] }
  | { readonly min: readonly Operand[] }
  | { readonly max: readonly Operand[] }
  | { readonly abs: Operand | readonly Operand[] }

export const ARITHMETIC_OPERATORS = ['add', 'sub', 'mul', 'div', 'min', 'max', 'abs'] as const
export type ArithmeticOperator = (typeof ARITHMETIC_OPERATORS)[number]

/** A number, a field, an indicator id, a line (`macd.signal`), one of those some bars back, or arithmetic of operands. */
export type Operand = number | string | Reference | Arithmetic

export const SIZING_KINDS = ['equityFraction', 'quote', 'units', 'riskFraction'] as const
export interface Sizing {
  readonly kind: (typeof SIZING_KINDS)[number]
  readonly value: number
}
