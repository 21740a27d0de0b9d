/** A window as far as its promise goes. */
export interface PromisingWindow {
  readonly testFromMs: number
  readonly testMs: number
  readonly trainMs: number
  /** Of the chosen run; 0 where nothing was chosen. */
  readonly trainReturn: number
}

/**
 * What the account would have come to, had every test grown at the rate of the training before it:
 * E (1 + R_train)^(t / T_train), from test to test. `times` ascend.
 */
export const promisedEquity = (
  windows: readonly PromisingWindow[],
  times: ArrayLike<number>,
  startEquity: number,
): number[] => {
  const grown = ({ trainReturn, trainMs }: PromisingWindow, ms: number): number =>
    Math.max(0, 1 + trainReturn) ** (ms / trainMs)
  return Array.from(times, (timeMs) =>
    windows.reduce((equity, window) => {
      const ms = Math.min(window.testMs, Math.max(0, timeMs - window.testFromMs))
      return equity * grown(window, ms)
    }, startEquity),
  )
}
