import { curveFlat, curveHeld, type EquityCurve } from '../metrics/index.ts'
import type { Simulation } from './simulation.ts'

/** Where the marked equity of the bars goes, each bar once and in order: written, measured, or both null. */
export interface Marks {
  /** One element a bar. */
  readonly equity: Float64Array | null
  readonly curve: EquityCurve | null
}

/** For runs of which only the end is of interest. */
export const NO_MARKS: Marks = { equity: null, curve: null }

/** Marks the bars up to `to`, at whose closes nothing is held. */
export const markFlat = (simulation: Simulation, to: number): void => {
  const { marks, markedTo, cash } = simulation
  if (marks.equity !== null) marks.equity.fill(cash, markedTo, to)
  if (marks.curve !== null) curveFlat(marks.curve, to, cash)
  simulation.markedTo = to
}

/** Marks the bars up to `to`, through which the position is held; its signed extremes are known up to there. */
export const markHeld = (simulation: Simulation, to: number): void => {
  const { marks, markedTo, cash, position, candles } = simulation
  const { side, quantity, signedLow, signedHigh } = position
  const { equity, curve } = marks
  if (equity !== null) {
    const { close } = candles
    for (let bar = markedTo; bar < to; bar++) equity[bar] = cash + side * quantity * close[bar]!
  }
  if (curve !== null) {
    const atLeast = cash + quantity * signedLow
    const atMost = cash + quantity * signedHigh
    curveHeld(curve, to, { cash, quantity: side * quantity, atLeast, atMost })
  }
  simulation.markedTo = to
}
