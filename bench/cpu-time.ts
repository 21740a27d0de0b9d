import { readdir, readFile } from 'node:fs/promises'
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

/** utime and stime, and where asked for those of the children that have ended and were waited for. */
const cpuMsOfStat = async (path: string, withReaped = false): Promise<number> => {
  const stat = await readFile(path, 'utf8').catch(() => undefined)
  if (stat === undefined) return 0
  // The second field, the name, may hold spaces; it ends at the last bracket. utime is field 14.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const times = fields.slice(11, withReaped ? 15 : 13)
  return times.reduce((sum, ticks) => sum + Number(ticks) * MS_PER_TICK, 0)
}

export const cpuMsOf = (pid: number): Promise<number> => cpuMsOfStat(`/proc/${pid}/stat`)

/** Of the thread that has used most, the main thread aside: in a worker with one thread for backtests that one. */
export const busiestThreadCpuMs = async (pid: number): Promise<number> => {
  const threads = (await readdir(`/proc/${pid}/task`)).filter((thread) => thread !== String(pid))
  return Math.max(...(await Promise.all(threads.map((id) => cpuMsOfStat(`/proc/${pid}/task/${id}/stat`)))))
}

const parentOf = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** All that run, and through their parent all that have ended. */
const postgresCpuMs = async (db: Db): Promise<number> => {
  const backends = await sql<{ pid: number }>`select pid from pg_stat_activity`.execute(db)
  const own = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  const parent = await parentOf(own.rows[0]!.pid)
  const times = await Promise.all(backends.rows.map(({ pid }) => cpuMsOf(pid)))
  return times.reduce((sum, ms) => sum + ms, await cpuMsOfStat(`/proc/${parent}/stat`, true))
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
