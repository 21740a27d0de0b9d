import { curveFlat, curveHeld } from '../metrics/index.ts'
import type { Marks, Simulation } from './simulation.ts'

/** For runs of which only the end is of interest. */
export const NO_MARKS: Marks = { equity: null, curve: null }

/** Goes on to the bar `to`, marking those before it, at whose closes nothing is held. */
export const markFlat = (simulation: Simulation, to: number): void => {
  const { marks, bar, cash } = simulation
  if (marks.equity !== null) marks.equity.fill(cash, bar, to)
  if (marks.curve !== null) curveFlat(marks.curve, to, cash)
  simulation.bar = to
}

/** Goes on to the bar `to`, marking those before it, through which the position is held; its signed extremes cover them. */
export const markHeld = (simulation: Simulation, to: number): void => {
  const { marks, bar: from, cash, position, candles } = simulation
  const { side, quantity, signedLow, signedHigh } = position
  const { equity, curve } = marks
  if (equity !== null) {
    const { close } = candles
    for (let bar = from; bar < to; bar++) equity[bar] = cash + side * quantity * close[bar]!
  }
  if (curve !== null) {
    curve.cash = cash
    curve.quantity = side * quantity
    curve.atLeast = cash + quantity * signedLow
    curve.atMost = cash + quantity * signedHigh
    curveHeld(curve, to)
  }
  simulation.bar = to
}
