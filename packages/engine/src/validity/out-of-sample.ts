import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import type { Judged } from './reasons.ts'

/** Equity of one test window; columns of equal length, stamps strictly ascending (epoch ms). */
export interface EquityPiece {
  readonly time: Float64Array
  readonly equity: Float64Array
  /** Capital the window started with, > 0; in the unit of `equity`. */
  readonly startEquity: number
}

export interface JoinedCurve {
  readonly time: Float64Array
  readonly equity: Float64Array
  /** Row of the joined curve where each piece starts; as many as pieces. */
  readonly starts: readonly number[]
}

const isCapital = (value: number): boolean => value > 0 && Number.isFinite(value)

const capitalProblem = (path: string, value: number): Problem => ({
  path,
  expected: 'a number above 0',
  actual: String(value),
})

const pieceProblem = (piece: EquityPiece, at: number, afterMs: number): Problem | undefined => {
  const { time, equity, startEquity } = piece
  const path = `pieces[${at}]`
  if (!isCapital(startEquity)) return capitalProblem(`${path}.startEquity`, startEquity)
  if (time.length !== equity.length) {
    return { path: `${path}.equity`, expected: `${time.length} rows as time`, actual: String(equity.length) }
  }
  let previous = afterMs
  for (const [row, stamp] of time.entries()) {
    if (!(stamp > previous)) {
      return { path: `${path}.time[${row}]`, expected: `a time after ${previous}`, actual: String(stamp) }
    }
    previous = stamp
  }
  const odd = equity.findIndex((value) => !Number.isFinite(value))
  if (odd < 0) return undefined
  return { path: `${path}.equity[${odd}]`, expected: 'a finite number', actual: String(equity[odd]) }
}

/**
 * One out-of-sample curve: each piece starts with what the one before left, E = E_end * equity / startEquity. Once
 * nothing is left (a piece at or below zero), nothing is earned any more. The first capital is `startEquity`.
 * Refused: pieces that overlap or are out of order, and capital that is not above 0.
 */
export const joinOutOfSample = (
  pieces: readonly EquityPiece[],
  startEquity: number,
): Result<JoinedCurve, Problem> => {
  if (!isCapital(startEquity)) return err(capitalProblem('startEquity', startEquity))
  const length = pieces.reduce((sum, { time }) => sum + time.length, 0)
  const joined = { time: new Float64Array(length), equity: new Float64Array(length) }
  const starts: number[] = []
  let row = 0
  let capital = startEquity
  let afterMs = -Infinity
  for (const [at, piece] of pieces.entries()) {
    const problem = pieceProblem(piece, at, afterMs)
    if (problem !== undefined) return err(problem)
    starts.push(row)
    joined.time.set(piece.time, row)
    const scale = capital / piece.startEquity
    for (const value of piece.equity) {
      capital = capital <= 0 ? 0 : Math.max(0, value * scale)
      joined.equity[row++] = capital
    }
    afterMs = piece.time.at(-1) ?? afterMs
  }
  return ok({ ...joined, starts })
}

/** Total returns (0.02 = 2 %) of one window's chosen parameters, and how long each part lasts. */
export interface WindowResult {
  readonly trainReturn: number
  readonly trainMs: number
  readonly testReturn: number
  readonly testMs: number
}

export interface WalkForwardEfficiency {
  /** Growth rate out of sample over that in sample, of all windows together. */
  readonly efficiency: Judged
  /** The same for each window. */
  readonly windows: readonly Judged[]
  /** Share of the windows whose test made a profit. */
  readonly profitableWindows: Judged
}

const efficiencyOf = (results: readonly WindowResult[]): Judged => {
  if (results.length === 0) return 'NO_WINDOWS'
  let [trained, trainMs, tested, testMs] = [0, 0, 0, 0]
  for (const result of results) {
    if (result.trainReturn <= -1 || result.testReturn <= -1) return 'BLOWN_ACCOUNT'
    trained += Math.log1p(result.trainReturn)
    tested += Math.log1p(result.testReturn)
    trainMs += result.trainMs
    testMs += result.testMs
  }
  return trained <= 0 ? 'NO_TRAINING_PROFIT' : tested / testMs / (trained / trainMs)
}

/**
 * Walk-forward efficiency (Pardo, 2008, ch. 11): the rate of return out of sample over that in sample; 1 keeps what
 * the training promised, 0.5 half of it. Rates are log growth per time, ln(1 + R)/T, so that windows of different
 * lengths add up as their compounded curve does. Undefined where training made nothing.
 */
export const walkForwardEfficiency = (results: readonly WindowResult[]): WalkForwardEfficiency => ({
  efficiency: efficiencyOf(results),
  windows: results.map((result) => efficiencyOf([result])),
  profitableWindows:
    results.length === 0
      ? 'NO_WINDOWS'
      : results.filter(({ testReturn }) => testReturn > 0).length / results.length,
})
