import { atr, type AtrState, nextAtr, startAtr } from './atr.ts'
import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { ema, type EmaState, fillEma, nextEma, startEma } from './ema.ts'
import { multiplierParameter, parameterOf, periodParameter } from './parameters.ts'

interface KeltnerState {
  readonly mean: EmaState
  readonly range: AtrState
  readonly multiplier: number
}

/** The parameters of the ATR within. */
const atrParams = (params: IndicatorParams): IndicatorParams => ({ period: parameterOf(params, 'atrPeriod') })

const bandLookback = (params: IndicatorParams): number =>
  Math.max(ema.lookback(params), atr.lookback(atrParams(params)))

/**
 * Keltner channel, in price units: an EMA of the close over `period` bars, and `multiplier` average true ranges
 * (Wilder, `atrPeriod` bars) above and below it. Linda Bradford Raschke's form of Chester Keltner's channel ("How to
 * Make Money in Commodities", 1960). The middle starts with the EMA, the bands when the ATR has a value too.
 */
export const keltner: IndicatorDefinition = {
  type: 'keltner',
  parameters: [
    periodParameter('period', 2),
    periodParameter('atrPeriod', 1),
    multiplierParameter('multiplier'),
  ],
  lines: ['upper', 'middle', 'lower'],
  takesSource: false,
  lookback: bandLookback,
  lineLookbacks: (params) => {
    const bands = bandLookback(params)
    return [bands, ema.lookback(params), bands]
  },
  stabilisation: (params) => Math.max(ema.stabilisation(params), atr.stabilisation(atrParams(params))),
  compute: (input, params, [upper, middle, lower]) => {
    const multiplier = parameterOf(params, 'multiplier')
    atr.compute(input, atrParams(params), [upper!])
    fillEma(input.candles.close, parameterOf(params, 'period'), middle!)
    for (let i = 0; i < middle!.length; i++) {
      const reach = multiplier * upper![i]!
      upper![i] = middle![i]! + reach
      lower![i] = middle![i]! - reach
    }
  },
  stream: defineStream<KeltnerState>({
    start: (params) => ({
      mean: startEma(parameterOf(params, 'period')),
      range: startAtr(parameterOf(params, 'atrPeriod')),
      multiplier: parameterOf(params, 'multiplier'),
    }),
    next: (state, bar, out) => {
      const middle = nextEma(state.mean, bar.close)
      const reach = state.multiplier * nextAtr(state.range, bar)
      out[0] = middle + reach
      out[1] = middle
      out[2] = middle - reach
    },
  }),
}
