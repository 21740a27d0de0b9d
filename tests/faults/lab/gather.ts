import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Queue } from '@botcriptofy/runtime/queue'
import type { Redis } from '@botcriptofy/runtime/redis'
import type { Db } from '@botcriptofy/store/database'
import { waitFor } from '@botcriptofy/testkit/wait'
import { sql } from 'kysely'
import type { ProcessEvidence, RedisEvidence } from './evidence.ts'
import type { Member, UnaskedExit } from './fleet.ts'

const LISTS = ['wait', 'paused', 'active'] as const
const SETS = ['prioritized', 'delayed', 'waiting-children', 'completed', 'failed'] as const
const JOB_ID = /^[0-9a-f-]{36}-\d+$/

const idsByState = async (
  queue: Queue,
  redis: Redis,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const states: Record<string, readonly string[]> = {}
  for (const list of LISTS) states[list] = await redis.lrange(queue.toKey(list), 0, -1)
  for (const set of SETS) states[set] = await redis.zrange(queue.toKey(set), 0, -1)
  return states
}

/** Jobs that wait, run or are put off. */
export const countUnfinished = async (queue: Queue, redis: Redis): Promise<number> => {
  const { completed: _completed, failed: _failed, ...open } = await idsByState(queue, redis)
  return Object.values(open).reduce((sum, ids) => sum + ids.length, 0)
}

export const gatherRedis = async (queue: Queue, redis: Redis): Promise<RedisEvidence> => {
  const states = await idsByState(queue, redis)
  const listed = new Set(Object.values(states).flat())
  const prefix = queue.toKey('')
  const strayKeys: string[] = []
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    if (!Array.isArray(keys)) continue
    for (const key of keys.map(String)) {
      const id = key.slice(prefix.length)
      if (JOB_ID.test(id) && !listed.has(id)) strayKeys.push(key)
    }
  }
  return {
    keys: await redis.dbsize(),
    usedBytes: Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? Number.NaN),
    jobs: Object.fromEntries(Object.entries(states).map(([state, ids]) => [state, ids.length])),
    strayKeys,
  }
}

const STOP_LIMIT_MS = 40_000
const UNHANDLED = /unhandled|UnhandledPromise|uncaught|FATAL ERROR|"level":60|shutdown hung/i

/** Asks all to end, then looks for what is left. */
export const gatherProcesses = async (options: {
  readonly members: readonly Member[]
  readonly unaskedExits: readonly UnaskedExit[]
  /** Stands in the environment of every process of the lab. */
  readonly tag: string
  readonly db: Db
}): Promise<ProcessEvidence> => {
  const ends = await Promise.all(
    options.members.map(async ({ name, stop }) => {
      const exit = await stop(STOP_LIMIT_MS)
      if (exit === null) return [`${name}: not within ${STOP_LIMIT_MS} ms`]
      return exit.code === 0 ? [] : [`${name}: ${JSON.stringify(exit)}`]
    }),
  )
  return {
    orphans: livingWith(options.tag, options.members),
    unaskedExits: options.unaskedExits,
    badEnds: ends.flat(),
    unhandled: options.members.flatMap(({ name, output }) =>
      output()
        .split('\n')
        .filter((line) => UNHANDLED.test(line))
        .map((line) => `${name}: ${line.slice(0, 400)}`),
    ),
    sessions: await leftSessions(options.db),
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Processes with the tag in their environment; where the system does not show it, those that the lab started itself. */
export const livingWith = (
  tag: string,
  members: readonly Pick<Member, 'name' | 'pids'>[],
): readonly string[] => {
  if (!existsSync('/proc/self/environ')) {
    return members.flatMap(({ name, pids }) => pids.filter(isAlive).map((pid) => `${pid} ${name}`))
  }
  return readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/environ`, 'utf8').includes(tag)) return []
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200)}`]
    } catch {
      // It has ended since, or it is somebody else's.
      return []
    }
  })
}

const SESSIONS_LIMIT_MS = 15_000

/** Sessions of our processes that Postgres still has after so long. */
export const leftSessions = async (db: Db, limitMs = SESSIONS_LIMIT_MS): Promise<readonly string[]> => {
  const list = async () => {
    const { rows } = await sql<{ line: string }>`
      select application_name || ' ' || pid || ' ' || coalesce(state, '') as line
      from pg_stat_activity where application_name like 'botcriptofy-%'`.execute(db)
    return rows.map(({ line }) => line)
  }
  await waitFor(async () => (await list()).length === 0, {
    describe: 'the sessions to end',
    limitMs,
    everyMs: 100,
  }).catch(() => undefined)
  return list()
}
