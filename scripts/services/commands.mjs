// What `services.mjs` can do. Each command returns what it prints as JSON.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, realpathSync, rmSync, rmdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findLayout, makeLayout, makeThrowawayLayout, repositoryRoot } from './layout.mjs'
import { addLease, liveLeases, pinned, removeAllLeases, removeLease, withLock } from './leases.mjs'
import {
  ensurePostgres,
  findPostgresProcess,
  lastPostgresPort,
  postgresUrl,
  stopPostgres,
} from './postgres.mjs'
import { endInterruption } from './processes.mjs'
import { ensureRedis, findRedisProcess, lastRedisPort, redisUrl, stopRedis } from './redis.mjs'
import { Failure, say } from './report.mjs'

// Redis first: its clients reconnect for ever, those of Postgres report the end.
const stopServices = async (layout) => {
  const redis = await stopRedis(layout)
  const postgres = await stopPostgres(layout)
  return { postgres, redis }
}

const stopAndRemoveThrowaway = async (layout) => {
  const stopped = await stopServices(layout)
  if (existsSync(layout.throwawayFile)) {
    if (layout.home !== layout.control) rmSync(layout.home, { recursive: true, force: true })
    rmSync(layout.dataDir, { recursive: true, force: true })
  }
  return stopped
}

const startServices = async (layout, wanted) => {
  const [postgres, redis] = await Promise.allSettled([
    wanted.postgres ? ensurePostgres(layout) : undefined,
    wanted.redis ? ensureRedis(layout) : undefined,
  ])
  const failed = [postgres, redis].find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
  return { postgres: postgres.value, redis: redis.value }
}

const watchOver = (layout, pid) => {
  const script = fileURLToPath(new URL('./watchdog.mjs', import.meta.url))
  spawn(process.execPath, [script, layout.dataDir, String(pid)], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref()
}

/** Starts or adopts what the environment does not provide. */
export const up = async ({ dataDir, leasePid, isThrowaway }) => {
  // An empty variable means "not set", as in every process of ours.
  const given = { postgres: process.env.DATABASE_URL || undefined, redis: process.env.REDIS_URL || undefined }
  const notStarted = { postgres: false, redis: false }
  if (given.postgres && given.redis) {
    return {
      databaseUrl: given.postgres,
      redisUrl: given.redis,
      started: notStarted,
      dataDir: null,
      pids: {},
    }
  }
  const layout = isThrowaway ? makeThrowawayLayout() : makeLayout(dataDir)
  const holder = isThrowaway ? (leasePid ?? process.ppid) : leasePid
  if (isThrowaway) watchOver(layout, holder)
  return withLock(layout, async () => {
    addLease(layout, holder)
    try {
      const { postgres, redis } = await startServices(layout, {
        postgres: !given.postgres,
        redis: !given.redis,
      })
      return {
        databaseUrl: given.postgres ?? postgresUrl(layout, postgres.port),
        redisUrl: given.redis ?? redisUrl(layout, redis.port),
        started: { postgres: postgres?.started ?? false, redis: redis?.started ?? false },
        dataDir: layout.dataDir,
        pids: { postgres: postgres?.pid, redis: redis?.pid },
      }
    } catch (error) {
      endInterruption()
      removeLease(layout, holder)
      if (liveLeases(layout).length === 0) await stopAndRemoveThrowaway(layout)
      throw error
    }
  })
}

const nothingHere = { stopped: { postgres: false, redis: false }, remaining: 0 }

/** Gives up one lease; the last one out stops the services. */
export const release = async ({ dataDir, leasePid }) => {
  const layout = findLayout(dataDir)
  if (!existsSync(layout.control)) return nothingHere
  return withLock(layout, async () => {
    removeLease(layout, leasePid)
    const remaining = liveLeases(layout).length
    if (remaining > 0) return { ...nothingHere, remaining }
    return { stopped: await stopAndRemoveThrowaway(layout), remaining }
  })
}

/** Stops the services whoever uses them. */
export const stop = async ({ dataDir }) => {
  const layout = findLayout(dataDir)
  if (!existsSync(layout.control)) return nothingHere
  return withLock(layout, async () => {
    const users = liveLeases(layout).filter((name) => name !== pinned).length
    if (users > 0) say(`${users} running ${users === 1 ? 'process uses' : 'processes use'} these services`)
    removeAllLeases(layout)
    return { stopped: await stopAndRemoveThrowaway(layout), remaining: 0 }
  })
}

const removeWhenEmpty = (directory) => {
  try {
    rmdirSync(directory)
  } catch {
    // Other checkouts keep theirs there.
  }
}

/** Stops one service and starts it again on the same port with the same data. */
export const restart = async ({ dataDir, service }) => {
  const layout = findLayout(dataDir)
  const [find, lastPort, halt, ensure] =
    service === 'redis'
      ? [findRedisProcess, lastRedisPort, stopRedis, ensureRedis]
      : [findPostgresProcess, lastPostgresPort, stopPostgres, ensurePostgres]
  if (!existsSync(layout.control)) throw new Failure(`there are no services in ${layout.dataDir}`)
  return withLock(layout, async () => {
    const running = find(layout)
    if (running) await halt(layout)
    const { pid, port } = await ensure(layout, running?.port ?? lastPort(layout))
    return { service, pid, port, wasRunning: running !== undefined }
  })
}

/** What is to be deleted and, when `isConfirmed`, deleting it. A directory we did not make keeps what is not ours. */
export const reset = async ({ dataDir, isConfirmed }) => {
  const layout = findLayout(dataDir)
  if (!existsSync(layout.control)) return { deleted: [], stopped: nothingHere.stopped }
  const ours = existsSync(layout.createdFile) ? readdirSync(layout.dataDir) : ['services', 'tools']
  const paths = ours.map((name) => join(layout.dataDir, name))
  const doomed = paths.filter((path) => path !== layout.createdFile && existsSync(path))
  if (layout.home !== layout.control && existsSync(layout.home)) doomed.push(layout.home)
  if (realpathSync(repositoryRoot).startsWith(join(layout.dataDir, '/')) && existsSync(layout.createdFile)) {
    throw new Failure(`DATA_DIR ${layout.dataDir} holds this checkout: refusing to empty it`, 2)
  }
  if (!isConfirmed) {
    const list = doomed.map((path) => `  ${path}`).join('\n')
    throw new Failure(
      `this would stop the services and delete, for good:\n${list}\nTo do it: npm run reset -- --yes`,
      2,
    )
  }
  const stopped = await withLock(layout, () => {
    removeAllLeases(layout)
    return stopServices(layout)
  })
  for (const path of doomed) rmSync(path, { recursive: true, force: true })
  if (layout.home !== layout.control) removeWhenEmpty(dirname(layout.home))
  return { deleted: doomed, stopped }
}

export const status = async ({ dataDir }) => {
  const layout = findLayout(dataDir)
  const describe = (found, urlOf) =>
    found ? { running: true, ...found, url: urlOf(layout, found.port) } : { running: false }
  return {
    dataDir: layout.dataDir,
    postgres: describe(findPostgresProcess(layout), postgresUrl),
    redis: describe(findRedisProcess(layout), redisUrl),
    leases: liveLeases(layout),
  }
}
