import type { Log } from '@botcriptofy/runtime/log'
import type { Db } from '@botcriptofy/store/database'
import { publishEvents } from '@botcriptofy/store/event'
import { startLoop } from './loop.ts'

const BATCH = 1000
const INTERVAL_MS = 100

/** Numbers committed events, so that streams of them can be resumed. */
export const startPublisher = (db: Db, log: Log) =>
  startLoop({ name: 'event publisher', intervalMs: INTERVAL_MS, log }, async () => {
    while ((await publishEvents(db, BATCH)) === BATCH);
  })
