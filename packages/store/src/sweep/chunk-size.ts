/** What is known of the cost of a sweep's runs. */
export interface MeasuredSweep {
  /** Of one run. */
  readonly bars: number
  /** Runs that were computed for this sweep, and the thread time they took together. */
  readonly computed: number
  readonly computeMs: number
}

/** A chunk should compute about so long: the queue's share is small, and a cancelled or killed one loses little. */
export const CHUNK_MS = 1500
/** Before anything is measured, and of a strategy that is not slow. */
const BARS_PER_MS = 3500
/** Rows, messages and transactions of one run. */
const OVERHEAD_MS = 0.5
const UNMEASURED_RUNS = 25
const MAX_RUNS = 500

/** What one run of the sweep costs: measured where some were computed, else guessed from its bars. */
export const runCostMs = ({ bars, computed, computeMs }: MeasuredSweep): number =>
  OVERHEAD_MS + (computed > 0 ? computeMs / computed : bars / BARS_PER_MS)

/** Of the rounds of a search, whose next one waits for the slowest chunk. */
const ROUND_CHUNK_MS = 100
const ROUND_CHUNKS = 64

/** The most runs for one chunk of a round: few enough to spread it over the workers, where that is worth the jobs. */
export const roundChunkRuns = (sweep: MeasuredSweep, runs: number): number =>
  Math.max(1, Math.floor(ROUND_CHUNK_MS / runCostMs(sweep)), Math.ceil(runs / ROUND_CHUNKS))

/** Runs for one chunk; never more than were measured before, so that one cheap run does not make a chunk of an hour. */
export const chunkRuns = (sweep: MeasuredSweep): number => {
  const bound = Math.min(MAX_RUNS, Math.max(UNMEASURED_RUNS, sweep.computed))
  return Math.min(bound, Math.max(1, Math.floor(CHUNK_MS / runCostMs(sweep))))
}

/** A single backtest is checked, drawn and kept whole, which takes several times what a run of a sweep does. */
const SINGLE_OVERHEAD_MS = 5
const SINGLE_BARS_PER_MS = 350

/** What a single backtest is thought to cost; nothing is measured before it. */
export const singleCostMs = (bars: number): number => SINGLE_OVERHEAD_MS + bars / SINGLE_BARS_PER_MS
