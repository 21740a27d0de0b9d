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

const randomIndicator = (draw: Draw): StrategyIndicator => {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const type = draw.pick(['sma', ...STREAMED_TYPES])
    const request = { type, params: drawParams(draw, type) }
    const source = draw.pick(FIELDS)
    const candidate =
      findIndicator(type)?.takesSource === true && draw.chance(0.3) ? { ...request, source } : request
    if (resolveIndicator(candidate, 'indicator').ok) return candidate
  }
  return { type: 'sma', params: { period: 3 } }
}

/** One to four indicators of any type with short periods. */
export const randomIndicators = (draw: Draw): RandomIndicators =>
  Object.fromEntries(
    Array.from({ length: draw.whole(1, 4) }, (_, index) => [`i${index}`, randomIndicator(draw)]),
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

/** Prices meet prices; anything else meets its own past or a number an oscillator crosses. */
const randomComparison = (draw: Draw, lines: readonly Line[]): Comparison => {
  const line = draw.pick([...PRICES, ...lines, ...lines])
  const op = draw.pick(OPERATORS)
  const own = { ref: line.name, offset: draw.whole(1, 5) }
  const other = draw.pick([...PRICES, ...lines.filter(({ isPrice }) => isPrice)])
  const right = line.isPrice
    ? draw.chance(0.8)
      ? back(draw, other)
      : own
    : draw.chance(0.5)
      ? own
      : draw.whole(-50, 80)
  const left = back(draw, line)
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
