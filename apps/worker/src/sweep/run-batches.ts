/** So long a thread computes for one message, which costs about a tenth of a millisecond, before others get a turn. */
const BATCH_MS = 25
const MAX_BATCH = 64

export interface Batches<Item, Outcome> {
  readonly items: readonly Item[]
  readonly run: (batch: readonly Item[]) => Promise<readonly Outcome[]>
  /** Hears how many are done, after every batch. */
  readonly report?: (done: number) => Promise<void>
}

/** Runs items some at a time, the first alone: how many fill a batch is known from those before. */
export const runInBatches = async <Item, Outcome>(batches: Batches<Item, Outcome>): Promise<Outcome[]> => {
  const { items, run, report } = batches
  const outcomes: Outcome[] = []
  let size = 1
  while (outcomes.length < items.length) {
    const startedMs = performance.now()
    const batch = items.slice(outcomes.length, outcomes.length + size)
    outcomes.push(...(await run(batch)))
    await report?.(outcomes.length)
    const fitting = Math.floor((BATCH_MS * batch.length) / (performance.now() - startedMs))
    size = Math.min(MAX_BATCH, 2 * size, Math.max(1, fitting))
  }
  return outcomes
}
