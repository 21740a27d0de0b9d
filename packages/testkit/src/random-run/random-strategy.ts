import type {
  EntryOrder,
  PriceLevel,
  ScaleInStep,
  ScaleOutStep,
  SidedRules,
  Sizing,
  Strategy,
} from '@botcriptofy/engine/strategy'
import type { Draw } from './draw.ts'
import type { RandomSeries } from './random-candles.ts'
import { type RandomIndicators, randomIndicators, randomPrice, randomRule } from './random-rules.ts'

/** What a strategy is drawn for: its stops fit the series, its sizes the capital. */
export interface RandomMarket {
  readonly series: RandomSeries
  readonly initialCapital: number
}

type Direction = Strategy['direction']

const sidedRules = (draw: Draw, direction: Direction, indicators: RandomIndicators): SidedRules => {
  const long = direction === 'short' ? {} : { long: randomRule(draw, indicators) }
  return direction === 'long' ? long : { ...long, short: randomRule(draw, indicators) }
}

/** How far an average bar moves, so that stops and limits are neither always hit nor never. */
const usualMove = ({ series: { candles } }: RandomMarket): number => {
  const { high, low, close } = candles
  let sum = 0
  for (let bar = 0; bar < close.length; bar++) sum += (high[bar]! - low[bar]!) / close[bar]!
  return Math.min(0.1, Math.max(0.0005, sum / close.length))
}

const distance = (draw: Draw, move: number): number =>
  Number((move * draw.pick([0.3, 1, 2, 5])).toPrecision(3))

const randomSizing = (draw: Draw, { series, initialCapital }: RandomMarket, hasStop: boolean): Sizing => {
  const price = series.candles.close[0] ?? 1
  const notional = Number((initialCapital * draw.pick([0.01, 0.1, 0.3, 0.9])).toPrecision(3))
  const sizings: Sizing[] = [
    { kind: 'equityFraction', value: draw.pick([1, 1, 0.5, 0.95]) },
    { kind: 'quote', value: notional },
    { kind: 'units', value: Number((notional / price).toPrecision(4)) },
  ]
  if (hasStop) sizings.push({ kind: 'riskFraction', value: draw.pick([0.0005, 0.002, 0.01, 0.3]) })
  return draw.pick(sizings)
}

/** Rules, directions, sizing and protection: what plain strategies consist of. */
export const randomStrategy = (draw: Draw, market: RandomMarket): Strategy => {
  const direction = draw.pick(['long', 'short', 'both', 'both'])
  const indicators = randomIndicators(draw, market.series.barMs)
  const move = usualMove(market)
  const stopLoss = draw.chance(0.5) ? { fraction: distance(draw, move) } : undefined
  const activationFraction = draw.pick([undefined, 0, distance(draw, move)])
  return {
    name: 'random',
    version: 1,
    direction,
    indicators,
    entry: sidedRules(draw, direction, indicators),
    ...(draw.chance(0.7) ? { exit: sidedRules(draw, direction, indicators) } : {}),
    ...(stopLoss === undefined ? {} : { stopLoss }),
    ...(draw.chance(0.5) ? { takeProfit: { fraction: distance(draw, move) } } : {}),
    ...(draw.chance(0.4) ? { trailingStop: { fraction: distance(draw, move), activationFraction } } : {}),
    sizing: randomSizing(draw, market, stopLoss !== undefined),
  }
}

const randomLevel = (draw: Draw, move: number, indicators: RandomIndicators): PriceLevel =>
  draw.chance(0.75)
    ? { offsetFraction: draw.pick([0, distance(draw, move * 0.4)]) }
    : { price: randomPrice(draw, indicators) }

const randomOrder = (draw: Draw, move: number, indicators: RandomIndicators): EntryOrder => {
  const expireBars = draw.pick([undefined, 1, 2, 5])
  const kind = draw.pick(['limit', 'stop', 'stop_limit', 'oco'])
  const limit = randomLevel(draw, move, indicators)
  const stop = randomLevel(draw, move, indicators)
  if (kind === 'limit') return { kind, limit, expireBars }
  return kind === 'stop' ? { kind, stop, expireBars } : { kind, stop, limit, expireBars }
}

const scaleInSteps = (draw: Draw, move: number): ScaleInStep[] => {
  let fraction = 0
  return Array.from({ length: draw.whole(1, 3) }, () => {
    fraction = Number((fraction + distance(draw, move)).toPrecision(4))
    return { fraction, size: draw.pick([0.5, 1, 2]) }
  })
}

const scaleOutSteps = (draw: Draw, move: number): ScaleOutStep[] => {
  let fraction = 0
  return Array.from({ length: draw.whole(1, 3) }, () => {
    fraction = Number((fraction + distance(draw, move)).toPrecision(4))
    return { fraction, share: draw.pick([0.1, 0.25, 0.3]) }
  })
}

/** Adds resting entries, scaling and a time exit, each half of the time. */
export const withOrderFeatures = (draw: Draw, strategy: Strategy, market: RandomMarket): Strategy => {
  const move = usualMove(market)
  return {
    ...strategy,
    ...(draw.chance(0.5) ? { entryOrder: randomOrder(draw, move, strategy.indicators) } : {}),
    ...(draw.chance(0.35) ? { scaleIn: scaleInSteps(draw, move) } : {}),
    ...(draw.chance(0.35) ? { scaleOut: scaleOutSteps(draw, move) } : {}),
    ...(draw.chance(0.35) ? { timeExit: { bars: draw.pick([1, 2, 5, 12]) } } : {}),
  }
}
