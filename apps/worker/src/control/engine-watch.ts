import type { Log } from '@botcriptofy/runtime/log'
import type { Db } from '@botcriptofy/store/database'
import { failGoneEngines } from '@botcriptofy/store/sweep'
import { startLoop } from './loop.ts'

const INTERVAL_MS = 30_000
/** Longer than a deployment takes, also one that is rolled back. */
const PATIENCE_MS = 3_600_000

/** Ends what waits for an engine that was taken away for good. */
export const startEngineWatch = (db: Db, log: Log) =>
  startLoop({ name: 'watch of engines', intervalMs: INTERVAL_MS, log }, async () => {
    const failed = await failGoneEngines(db, PATIENCE_MS)
    if (failed > 0) log.warn({ failed }, 'runs of an engine that no worker has any more were failed')
  })
