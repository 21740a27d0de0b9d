import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Redis } from '@botcriptofy/runtime/redis'
import type { Db } from '@botcriptofy/store/database'

/** CPU milliseconds used so far, by name; a process's threads are part of it. */
export type CpuTimes = Readonly<Record<string, number>>

interface Sources {
  readonly db: Db
  readonly redis: Redis
  readonly processes: Readonly<Record<string, number>>
}

/** Linux counts in ticks of 10 ms on every platform Node runs on. */
const MS_PER_TICK = 10

/** Figures of other systems would need other sources; there the CPU figures are left out. */
export const canReadCpuTimes = process.platform === 'linux'

const cpuMsOf = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return 0
  // The second field, the name, may hold spaces; it ends at the last bracket. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

const postgresCpuMs = async (db: Db): Promise<number> => {
  const backends = await sql<{ pid: number }>`select pid from pg_stat_activity`.execute(db)
  const times = await Promise.all(backends.rows.map(({ pid }) => cpuMsOf(pid)))
  return times.reduce((sum, ms) => sum + ms, 0)
}

const redisCpuMs = async (redis: Redis): Promise<number> => {
  const info = await redis.info('cpu')
  const secondsOf = (name: string) => Number(new RegExp(`^${name}:([0-9.]+)`, 'm').exec(info)?.[1])
  return (secondsOf('used_cpu_user') + secondsOf('used_cpu_sys')) * 1000
}

/** This process, the ones named, Postgres with all its backends, and Redis. */
export const readCpuTimes = async ({ db, redis, processes }: Sources): Promise<CpuTimes> => {
  const { user, system } = process.cpuUsage()
  const others = await Promise.all(
    Object.entries(processes).map(async ([name, pid]) => [name, await cpuMsOf(pid)] as const),
  )
  return {
    client: (user + system) / 1000,
    ...Object.fromEntries(others),
    postgres: await postgresCpuMs(db),
    redis: await redisCpuMs(redis),
  }
}

/** What each used between two readings. */
export const cpuTimesBetween = (before: CpuTimes, after: CpuTimes): CpuTimes =>
  Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]))
