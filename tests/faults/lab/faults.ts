import type { Random } from '@botcriptofy/engine/kernel'
import type { Queue } from '@botcriptofy/runtime/queue'
import type { Redis } from '@botcriptofy/runtime/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import type { FaultName } from './fault-kinds.ts'
import type { Member } from './fleet.ts'
import { type PrivateServices, untilPostgresAnswers } from './services.ts'
import type { Wire } from './proxy.ts'

export interface FaultScene {
  readonly members: ReadonlyMap<string, Member>
  readonly services: PrivateServices
  /** Direct connections of the lab's own. */
  readonly redis: Redis
  readonly queue: Queue
  readonly random: Random
}

/** Brings what the fault broke back; it must work whatever else is broken. */
export type Heal = () => Promise<void>

type Inject = (scene: FaultScene, target: string) => Promise<Heal>

const healed: Heal = async () => undefined

const memberOf = ({ members }: FaultScene, name: string): Member => {
  const member = members.get(name)
  if (member === undefined) throw new Error(`expected a process of the lab, was ${name}`)
  return member
}

const kill: Inject = async (scene, target) => {
  const member = memberOf(scene, target)
  await member.kill()
  return async () => member.start()
}

const freeze: Inject = async (scene, target) => {
  const member = memberOf(scene, target)
  member.signal('SIGSTOP')
  return async () => member.signal('SIGCONT')
}

const wired =
  (service: 'redis' | 'postgres', draw: (random: Random) => Wire): Inject =>
  async (scene, target) => {
    const proxy = memberOf(scene, target)[service]
    proxy.setWire(draw(scene.random))
    return async () => proxy.setWire({ kind: 'pass' })
  }

const blackHole = (): Wire => ({ kind: 'black-hole' })
const late = (): Wire => ({ kind: 'hold' })
const halfOpen = (random: Random): Wire => ({
  kind: 'mute',
  direction: random() < 0.7 ? 'replies' : 'requests',
})

const reset =
  (service: 'redis' | 'postgres'): Inject =>
  async (scene, target) => {
    memberOf(scene, target)[service].reset()
    return healed
  }

const STEP_MS = 20_000

const stepClock: Inject = async (scene, target) => {
  const member = memberOf(scene, target)
  member.stepClock(Math.round((scene.random() * 2 - 1) * STEP_MS))
  return async () => member.stepClock(0)
}

const restart =
  (service: 'redis' | 'postgres'): Inject =>
  async ({ services }) => {
    await services.restart(service)
    return service === 'postgres' ? async () => void (await untilPostgresAnswers(services)) : healed
  }

const crash =
  (service: 'redis' | 'postgres'): Inject =>
  async ({ services }) => {
    await services.crash(service)
    return async () => {
      await services.restart(service)
      if (service === 'postgres') await untilPostgresAnswers(services)
    }
  }

const flush: Inject = async ({ redis }) => {
  await redis.flushall()
  return healed
}

/** No byte more than what it holds: every command that may need memory is refused. */
const fill: Inject = async ({ redis }) => {
  const used = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? '1'
  await redis.config('SET', 'maxmemory', used)
  return async () => {
    await waitFor(async () => (await redis.config('SET', 'maxmemory', '0')) === 'OK', {
      describe: 'Redis to have memory again',
      limitMs: 30_000,
    })
  }
}

const terminate: Inject = async ({ services }) => {
  await services.database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name like 'botcriptofy-%' and pid <> pg_backend_pid()`,
  )
  return healed
}

const slowDatabase: Inject = async ({ members, random }) => {
  const ms = Math.round(20 + random() * 130)
  for (const { postgres } of members.values()) postgres.setWire({ kind: 'delay', ms })
  return async () => {
    for (const { postgres } of members.values()) postgres.setWire({ kind: 'pass' })
  }
}

const DELIVERIES = 12

/** Jobs that wait, run or are done, delivered once more under another generation, newest first. */
const deliverTwice: Inject = async ({ queue, random }) => {
  const jobs = await queue.getJobs(['active', 'waiting', 'prioritized', 'completed'], 0, DELIVERIES)
  const generation = 1000 + Math.floor(random() * 1e6)
  for (const { id, name, data, opts } of jobs.filter(Boolean).toReversed()) {
    const outboxId = id?.slice(0, id.lastIndexOf('-')) ?? ''
    await queue.add(name, data, { attempts: opts.attempts ?? 1, jobId: `${outboxId}-${generation}` })
  }
  return healed
}

/** Jobs that are done, put back to the waiting ones under their own id. */
const deliverAgain: Inject = async ({ queue }) => {
  const jobs = await queue.getJobs(['completed', 'failed'], 0, DELIVERIES)
  for (const job of jobs.filter(Boolean)) {
    const state = await job.getState()
    if (state === 'completed' || state === 'failed') await job.retry(state)
  }
  return healed
}

const PRIORITIES = 20

/** Waiting jobs turned round, so that what came last is next, and those with priorities given others. */
const reorder: Inject = async ({ queue, redis, random }) => {
  const waiting = queue.toKey('wait')
  const turns = Math.floor(random() * (await redis.llen(waiting)))
  for (let turn = 0; turn < turns; turn++) await redis.lmove(waiting, waiting, 'RIGHT', 'LEFT')
  const jobs = await queue.getJobs(['prioritized'], 0, DELIVERIES)
  for (const job of jobs.filter(Boolean)) {
    await job.changePriority({ priority: 1 + Math.floor(random() * PRIORITIES) })
  }
  return healed
}

/** How each kind of fault is brought about. */
export const injections: Readonly<Record<FaultName, Inject>> = {
  'kill-worker': kill,
  'kill-control': kill,
  'kill-api': kill,
  'freeze-worker': freeze,
  'freeze-control': freeze,
  'freeze-api': freeze,
  'clock-step': stepClock,
  'redis-black-hole': wired('redis', blackHole),
  'redis-half-open': wired('redis', halfOpen),
  'redis-late': wired('redis', late),
  'redis-reset': reset('redis'),
  'postgres-black-hole': wired('postgres', blackHole),
  'postgres-half-open': wired('postgres', halfOpen),
  'postgres-late': wired('postgres', late),
  'postgres-reset': reset('postgres'),
  'redis-restart': restart('redis'),
  'redis-kill': crash('redis'),
  'redis-flush': flush,
  'redis-full': fill,
  'postgres-restart': restart('postgres'),
  'postgres-kill': crash('postgres'),
  'postgres-terminate': terminate,
  'postgres-slow': slowDatabase,
  'deliver-twice': deliverTwice,
  'deliver-again': deliverAgain,
  'deliver-reordered': reorder,
}
