interface Bars {
  readonly from: number
  readonly to: number
}

/** Receives the marked equity of all bars, each once and in order, as stretches of bars of one kind. */
export interface EquityMarks {
  /** Bars at whose close nothing is held: each is worth `value`. */
  readonly flat: (bars: Bars, value: number) => void
  /** Bars that are worth cash + quantity * close; the quantity of a short is negative. */
  readonly held: (bars: Bars, cash: number, quantity: number) => void
}

/** Writes the equity of every bar. */
export const marksInto = (equity: Float64Array, close: Float64Array): EquityMarks => ({
  flat: ({ from, to }, value) => {
    equity.fill(value, from, to)
  },
  held: ({ from, to }, cash, quantity) => {
    for (let bar = from; bar < to; bar++) equity[bar] = cash + quantity * close[bar]!
  },
})

/** For runs of which only the end is of interest. */
export const NO_MARKS: EquityMarks = { flat: () => {}, held: () => {} }
