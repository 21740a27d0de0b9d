import { invariant } from '../kernel/index.ts'
import type { IndicatorParameter, IndicatorParams } from './definition.ts'

/** TA-Lib's upper limit for every period. */
const PERIOD_MAX = 100_000

/** A whole number of bars; the minima are TA-Lib's. */
export const periodParameter = (name: string, min: number): IndicatorParameter => ({
  name,
  integer: true,
  min,
  max: PERIOD_MAX,
})

/** Reads a parameter that `resolveIndicator` has checked. */
export const parameterOf = (params: IndicatorParams, name: string): number => {
  const value = params[name]
  invariant(value !== undefined, `indicator parameter ${name} is set`)
  return value
}

/** A multiple of a distance (standard deviations, average ranges); zero folds the bands onto their middle. */
export const multiplierParameter = (name: string): IndicatorParameter => ({
  name,
  integer: false,
  min: 0,
  max: 1_000_000,
})
