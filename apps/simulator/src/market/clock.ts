export interface SimulatedClock {
  /** Epoch ms of the simulated exchange. */
  readonly nowMs: () => number
  /** Where it stands still. */
  readonly endMs: number
}

export interface SimulatedClockOptions {
  readonly startMs: number
  /** Time stands still here: the recorded market has no more to tell. */
  readonly endMs: number
  /** Simulated milliseconds that pass in a real one. */
  readonly speed: number
  /** A monotonic real clock in ms. */
  readonly elapsedMs: () => number
}

export const createSimulatedClock = (options: SimulatedClockOptions): SimulatedClock => {
  const originMs = options.elapsedMs()
  return {
    endMs: options.endMs,
    nowMs: () => {
      const passedMs = (options.elapsedMs() - originMs) * options.speed
      return Math.min(options.endMs, Math.floor(options.startMs + passedMs))
    },
  }
}
