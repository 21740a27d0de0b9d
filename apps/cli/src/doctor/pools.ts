import { openDatabase } from '@botcriptofy/store/database'
import { listPools, type PoolState } from '@botcriptofy/store/worker-pool'
import { fail, type Finding, ok, reasonOf, warn } from './finding.ts'

/** As the processes' own liveness. */
const STUCK_AFTER_SECONDS = 60

/** Whether there are workers, and each of them does something. */
export const examinePools = async (url: string): Promise<readonly Finding[]> => {
  const database = openDatabase({ url, poolSize: 1, name: 'botcriptofy-doctor' })
  try {
    return judgePools((await listPools(database.db)).filter(({ isLiving }) => isLiving))
  } catch (error) {
    // Of Postgres itself, and of migrations that were not applied, other lines tell.
    return [warn('workers', `unknown: ${reasonOf(error)}`, 'see the lines of postgres and migrations')]
  } finally {
    await database.close()
  }
}

const judgePools = (pools: readonly PoolState[]): readonly Finding[] => {
  if (pools.length === 0) {
    return [warn('workers', 'none has told of itself lately', 'npm start runs one; elsewhere start workers')]
  }
  return pools.map((pool) => {
    const name = `worker ${pool.host}:${pool.pid}`
    const detail = `${pool.queue}, ${pool.slots} slots, engine revision ${pool.engineRevision}`
    if (pool.idleSeconds < STUCK_AFTER_SECONDS) return ok(name, detail)
    const since = `takes no jobs for ${Math.round(pool.idleSeconds)} s while some wait, or cannot ask for them`
    return fail(name, `${detail}: ${since}`, 'see its log and its connection to Redis, then restart it')
  })
}
