import { findIndicator, INDICATOR_TYPES, resolveIndicator } from '@botcriptofy/engine/indicators'
import {
  type Comparison,
  type Operand,
  OPERATORS,
  type Rule,
  type StrategyIndicator,
} from '@botcriptofy/engine/strategy'
import type { Draw } from './draw.ts'

export type RandomIndicators = Readonly<Record<string, StrategyIndicator>>

const STREAMED_TYPES = INDICATOR_TYPES.filter((type) => findIndicator(type)?.stream !== undefined)

/** Types whose lines lie on the scale of prices, so that comparing them with prices says something. */
const PRICE_SCALED = new Set([
  'sma',
  'ema',
  'wma',
  'dema',
  'tema',
  'kama',
  'bbands',
  'vwap',
  'donchian',
  'keltner',
])
const FIELDS = ['open', 'high', 'low', 'close'] as const
/** Draws that fit together are found soon; parameters of one type may bound each other. */
const TRIES = 50

const drawParams = (draw: Draw, type: string): Record<string, number> => {
  const parameters = findIndicator(type)?.parameters ?? []
  return Object.fromEntries(
    parameters.map(({ name, integer, min, max }) => {
      const low = Math.max(min, integer ? 1 : 0.5)
      const value = integer ? draw.whole(low, low + 12) : draw.between(low, low + 2)
      return [name, Math.min(value, max)]
    }),
  )
}

/** Some indicators run on bars that are a few times as long. */
const drawTimeframe = (draw: Draw, barMs: number): Pick<StrategyIndicator, 'timeframe'> =>
  draw.chance(0.2) ? { timeframe: `${(draw.whole(1, 5) * barMs) / 60_000}m` } : {}

const randomIndicator = (draw: Draw, barMs: number): StrategyIndicator => {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const type = draw.pick(['sma', ...STREAMED_TYPES])
    const request = { type, params: drawParams(draw, type) }
    const source = draw.pick(FIELDS)
    const candidate =
      findIndicator(type)?.takesSource === true && draw.chance(0.3) ? { ...request, source } : request
    if (resolveIndicator(candidate, 'indicator').ok) return { ...candidate, ...drawTimeframe(draw, barMs) }
  }
  return { type: 'sma', params: { period: 3 } }
}

/** One to four indicators of any type with short periods, for bars of `barMs`. */
export const randomIndicators = (draw: Draw, barMs: number): RandomIndicators =>
  Object.fromEntries(
    Array.from({ length: draw.whole(1, 4) }, (_, index) => [`i${index}`, randomIndicator(draw, barMs)]),
  )

interface Line {
  readonly name: string
  readonly isPrice: boolean
}

const linesOf = (indicators: RandomIndicators): Line[] =>
  Object.entries(indicators).flatMap(([id, { type }]) => {
    const lines = findIndicator(type)?.lines ?? []
    const isPrice = PRICE_SCALED.has(type)
    return lines.map((line) => ({ name: lines.length === 1 ? id : `${id}.${line}`, isPrice }))
  })

const PRICES: readonly [Line, ...Line[]] = [
  { name: 'close', isPrice: true },
  { name: 'open', isPrice: true },
  { name: 'high', isPrice: true },
  { name: 'low', isPrice: true },
]

const back = (draw: Draw, { name }: Line): Operand =>
  draw.chance(0.75) ? name : { ref: name, offset: draw.whole(0, 4) }

/** Arithmetic of two prices that is on the scale of prices again. */
const mixed = (draw: Draw, [a, b]: readonly [Operand, Operand]): Operand =>
  draw.pick([
    { min: [a, b] },
    { max: [a, b, 'close'] },
    { div: [{ add: [a, b] }, 2] },
    { mul: [a, draw.between(0.97, 1.03)] },
    { add: [a, { mul: [{ abs: { sub: [a, b] } }, draw.between(-1, 1)] }] },
  ])

/** Something on the scale of prices: a field, a line, arithmetic of both. */
export const randomPrice = (draw: Draw, indicators: RandomIndicators): Operand =>
  drawPrice(draw, linesOf(indicators))

const drawPrice = (draw: Draw, lines: readonly Line[]): Operand => {
  const prices = [...PRICES, ...lines.filter(({ isPrice }) => isPrice)]
  const plain = (): Operand => back(draw, draw.pick(prices))
  return draw.chance(0.15) ? mixed(draw, [plain(), plain()]) : plain()
}

type Operands = Pick<Comparison, 'left' | 'right'>

/** Prices meet prices; anything else meets its own past or a number an oscillator crosses. */
const randomOperands = (draw: Draw, lines: readonly Line[]): Operands => {
  const line = draw.pick([...PRICES, ...lines, ...lines])
  if (line.isPrice && draw.chance(0.85)) {
    const left = back(draw, line)
    const right = drawPrice(draw, lines)
    return draw.chance(0.1) ? { left: { sub: [left, right] }, right: 0 } : { left, right }
  }
  const own = { ref: line.name, offset: draw.whole(1, 5) }
  return { left: line.name, right: line.isPrice || draw.chance(0.5) ? own : draw.whole(-50, 80) }
}

const randomComparison = (draw: Draw, lines: readonly Line[]): Comparison => {
  const { left, right } = randomOperands(draw, lines)
  const op = draw.pick(OPERATORS)
  return draw.chance(0.8) ? { left, op, right } : { left: right, op, right: left }
}

const randomTree = (draw: Draw, lines: readonly Line[], depth: number): Rule => {
  if (depth === 0 || draw.chance(0.35)) return randomComparison(draw, lines)
  if (draw.chance(0.15)) return { not: randomTree(draw, lines, depth - 1) }
  const children = Array.from({ length: draw.whole(1, 3) }, () => randomTree(draw, lines, depth - 1))
  return draw.chance(0.5) ? { all: children } : { any: children }
}

/** A tree of up to three levels over the given indicators and the bar's fields. */
export const randomRule = (draw: Draw, indicators: RandomIndicators): Rule =>
  randomTree(draw, linesOf(indicators), draw.whole(0, 3))
