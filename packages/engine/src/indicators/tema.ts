import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { type EmaState, fillEma, nextEma, startEma } from './ema.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars, markUndefined } from './warm-up.ts'

interface TemaState {
  readonly first: EmaState
  readonly second: EmaState
  readonly third: EmaState
}

const start = (period: number): TemaState => ({
  first: startEma(period),
  second: startEma(period),
  third: startEma(period),
})

/** Each mean is seeded with the first `period` values of the one before (TA-Lib's chain). */
const next = ({ first, second, third }: TemaState, value: number): number => {
  const once = nextEma(first, value)
  if (Number.isNaN(once)) return once
  const twice = nextEma(second, once)
  return Number.isNaN(twice) ? twice : nextEma(third, twice) + (3 * once - 3 * twice)
}

const fillTema = (x: Float64Array, period: number, out: Float64Array): void => {
  const alpha = emaAlpha(period)
  const second = 2 * (period - 1)
  const first = 3 * (period - 1)
  fillEma(x, period, out)
  let twice = 0
  let thrice = 0
  for (let i = period - 1; i < out.length; i++) {
    const once = out[i]!
    if (i > second) twice = (once - twice) * alpha + twice
    else {
      twice += once
      if (i < second) continue
      twice /= period
    }
    if (i > first) thrice = (twice - thrice) * alpha + thrice
    else {
      thrice += twice
      if (i < first) continue
      thrice /= period
    }
    out[i] = thrice + (3 * once - 3 * twice)
  }
  markUndefined(out, first)
}

const lookbackOf = (params: IndicatorParams): number => 3 * (parameterOf(params, 'period') - 1)

/**
 * Triple exponential moving average, in units of its source: 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)).
 * Formula: Patrick Mulloy, "Smoothing data with less lag", TASC 12:2 (1994), seeded as TA-Lib's TEMA.
 */
export const tema: IndicatorDefinition = {
  type: 'tema',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: lookbackOf,
  stabilisation: (params) => lookbackOf(params) + 3 * fadeBars(emaAlpha(parameterOf(params, 'period'))),
  compute: ({ source }, params, [out]) => fillTema(source, parameterOf(params, 'period'), out!),
  stream: defineStream({
    start: (params) => start(parameterOf(params, 'period')),
    next: (state, { source }, out) => {
      out[0] = next(state, source)
    },
  }),
}
