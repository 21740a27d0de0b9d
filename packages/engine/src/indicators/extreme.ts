import { markUndefined } from './warm-up.ts'
import { push, startWindow, type Window } from './window.ts'

/** The highest or the lowest of the last values, as JSON-safe state. */
export interface ExtremeState {
  readonly sign: 1 | -1
  readonly window: Window
  /** Values still missing until the window is full. */
  missing: number
  /** Values that came after the extreme one. */
  age: number
  extreme: number
}

/** `sign` 1 looks for the highest value, -1 for the lowest. */
export const startExtreme = (length: number, sign: 1 | -1): ExtremeState => ({
  sign,
  window: startWindow(length),
  missing: length,
  age: 0,
  extreme: 0,
})

/** The extreme of the window with `value`, NaN until it is full; the window is searched only when its extreme leaves. */
export const nextExtreme = (state: ExtremeState, value: number): number => {
  const { sign, window } = state
  const { values } = window
  const isFirst = state.missing === values.length
  // Copies of the first value stand where no value has been yet: they change no extreme.
  if (isFirst) values.fill(value)
  push(window, value)
  if (state.missing > 0) state.missing--
  if (isFirst || sign * value >= sign * state.extreme) {
    state.extreme = value
    state.age = 0
  } else if (++state.age === values.length) search(state)
  return state.missing > 0 ? Number.NaN : state.extreme
}

/** Of equal values the newest is kept, as it stays longest. */
const search = (state: ExtremeState): void => {
  const { sign } = state
  const { values, slot } = state.window
  state.extreme = values[slot]!
  state.age = values.length - 1
  for (let age = values.length - 2; age >= 0; age--) {
    const value = values[(slot + values.length - 1 - age) % values.length]!
    if (sign * value < sign * state.extreme) continue
    state.extreme = value
    state.age = age
  }
}

/** The highest of the last `length` values, NaN before there are as many. */
export const fillHighest = (x: Float64Array, length: number, out: Float64Array): void => {
  markUndefined(out, length - 1)
  for (let i = length - 1, at = -1; i < x.length; i++) {
    if (at <= i - length) {
      at = i - length + 1
      for (let k = at + 1; k <= i; k++) if (x[k]! >= x[at]!) at = k
    } else if (x[i]! >= x[at]!) at = i
    out[i] = x[at]!
  }
}

/** The lowest of the last `length` values, NaN before there are as many. */
export const fillLowest = (x: Float64Array, length: number, out: Float64Array): void => {
  markUndefined(out, length - 1)
  for (let i = length - 1, at = -1; i < x.length; i++) {
    if (at <= i - length) {
      at = i - length + 1
      for (let k = at + 1; k <= i; k++) if (x[k]! <= x[at]!) at = k
    } else if (x[i]! <= x[at]!) at = i
    out[i] = x[at]!
  }
}
