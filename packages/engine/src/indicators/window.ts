/** The last values a stream has seen, as JSON-safe state: a ring whose empty places are zeros. */
export interface Window {
  readonly values: number[]
  /** Where the next value goes, which is where the oldest is. */
  slot: number
}

export const startWindow = (length: number): Window => ({
  values: Array.from({ length }, () => 0),
  slot: 0,
})

/** Puts a value in the place of the oldest. */
export const push = (window: Window, value: number): void => {
  const { values, slot } = window
  values[slot] = value
  window.slot = slot + 1 === values.length ? 0 : slot + 1
}

/** The oldest value; 0 until the window is full. */
export const oldestOf = ({ values, slot }: Window): number => values[slot]!
