import type { IndicatorDefinition, IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars, markUndefined } from './warm-up.ts'

interface MacdPeriods {
  readonly fast: number
  readonly slow: number
  readonly signal: number
}

/** A fast period above the slow one is taken for a mix-up and swapped, as TA-Lib does. */
const periodsOf = (params: IndicatorParams): MacdPeriods => {
  const fast = parameterOf(params, 'fast')
  const slow = parameterOf(params, 'slow')
  return { fast: Math.min(fast, slow), slow: Math.max(fast, slow), signal: parameterOf(params, 'signal') }
}

const lookbackOf = ({ slow, signal }: MacdPeriods): number => slow + signal - 2

interface MacdLines {
  readonly macd: Float64Array
  readonly signal: Float64Array
  readonly histogram: Float64Array
}

/** Both averages are seeded so that their seeds end on bar slow - 1: the fast one does not start earlier. */
const fillMacd = (x: Float64Array, periods: MacdPeriods, out: MacdLines): void => {
  const { fast, slow, signal } = periods
  const first = lookbackOf(periods)
  markUndefined(out.macd, first)
  markUndefined(out.signal, first)
  markUndefined(out.histogram, first)
  const bars = x.length
  if (bars <= first) return
  let fastMean = 0
  let slowMean = 0
  for (let i = 0; i < slow; i++) slowMean += x[i]!
  for (let i = slow - fast; i < slow; i++) fastMean += x[i]!
  fastMean /= fast
  slowMean /= slow
  const fastAlpha = emaAlpha(fast)
  const slowAlpha = emaAlpha(slow)
  const signalAlpha = emaAlpha(signal)
  let signalMean = fastMean - slowMean
  for (let i = slow; i <= first; i++) {
    fastMean = (x[i]! - fastMean) * fastAlpha + fastMean
    slowMean = (x[i]! - slowMean) * slowAlpha + slowMean
    signalMean += fastMean - slowMean
  }
  signalMean /= signal
  const { macd: macdLine, signal: signalLine, histogram } = out
  macdLine[first] = fastMean - slowMean
  signalLine[first] = signalMean
  histogram[first] = fastMean - slowMean - signalMean
  for (let i = first + 1; i < bars; i++) {
    const value = x[i]!
    fastMean = (value - fastMean) * fastAlpha + fastMean
    slowMean = (value - slowMean) * slowAlpha + slowMean
    const spread = fastMean - slowMean
    signalMean = (spread - signalMean) * signalAlpha + signalMean
    macdLine[i] = spread
    signalLine[i] = signalMean
    histogram[i] = spread - signalMean
  }
}

/** Moving average convergence divergence, in units of its source; all three lines start at slow + signal - 2. */
export const macd: IndicatorDefinition = {
  type: 'macd',
  parameters: [periodParameter('fast', 2), periodParameter('slow', 2), periodParameter('signal', 1)],
  lines: ['macd', 'signal', 'histogram'],
  takesSource: true,
  lookback: (params) => lookbackOf(periodsOf(params)),
  stabilisation: (params) => {
    const periods = periodsOf(params)
    return lookbackOf(periods) + fadeBars(emaAlpha(periods.slow)) + fadeBars(emaAlpha(periods.signal))
  },
  compute: ({ source }, params, out) => {
    fillMacd(source, periodsOf(params), { macd: out[0]!, signal: out[1]!, histogram: out[2]! })
  },
}
