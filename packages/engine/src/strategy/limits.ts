import type { Problem } from '../kernel/index.ts'
import type { Strategy } from './strategy.ts'

interface Range {
  readonly above: number
  /** Exclusive unless `inclusive`. */
  readonly below: number
  readonly inclusive?: boolean
}

const describeRange = ({ above, below, inclusive }: Range): string => {
  if (below === Infinity) return `a number above ${above}`
  return inclusive === true
    ? `a number above ${above} and at most ${below}`
    : `a number above ${above} and below ${below}`
}

const fits = (value: number, { above, below, inclusive }: Range): boolean =>
  value > above && (inclusive === true ? value <= below : value < below)

const rangeProblem = (path: string, value: number | undefined, range: Range): Problem[] =>
  value === undefined || fits(value, range)
    ? []
    : [{ path, expected: describeRange(range), actual: String(value) }]

const FRACTION: Range = { above: 0, below: 1 }
const POSITIVE: Range = { above: 0, below: Infinity }

const activationProblems = (activation: number | undefined, gain: Range): Problem[] =>
  activation === 0 ? [] : rangeProblem('trailingStop.activationFraction', activation, gain)

/** Checks protection and sizing: a stop cannot lie at or below zero, nor the target of a short. */
export const limitProblems = (strategy: Strategy): Problem[] => {
  const { direction, stopLoss, takeProfit, trailingStop, sizing } = strategy
  const gain = direction === 'long' ? POSITIVE : FRACTION
  const sizeRange =
    sizing.kind === 'equityFraction' || sizing.kind === 'riskFraction'
      ? { above: 0, below: 1, inclusive: true }
      : POSITIVE
  const problems = [
    ...rangeProblem('stopLoss.fraction', stopLoss?.fraction, FRACTION),
    ...rangeProblem('takeProfit.fraction', takeProfit?.fraction, gain),
    ...rangeProblem('trailingStop.fraction', trailingStop?.fraction, FRACTION),
    ...activationProblems(trailingStop?.activationFraction, gain),
    ...rangeProblem('sizing.value', sizing.value, sizeRange),
  ]
  if (sizing.kind === 'riskFraction' && stopLoss === undefined) {
    problems.push({
      path: 'stopLoss',
      expected: 'a stop, which riskFraction is measured by',
      actual: 'missing',
    })
  }
  return problems
}
