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
}

export interface StrategyIndicator {
  readonly type: string
  readonly params?: Readonly<Record<string, number>> | undefined
  readonly source?: SourceField | undefined
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

/** A number, a field, an indicator id, a line (`macd.signal`), or one of those some bars back. */
export type Operand = number | string | { readonly ref: string; readonly offset?: number | undefined }

export const SIZING_KINDS = ['equityFraction', 'quote', 'units', 'riskFraction'] as const
export interface Sizing {
  readonly kind: (typeof SIZING_KINDS)[number]
  readonly value: number
}
