import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once, setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { TENANT_SCOPES } from '@botcriptofy/contracts/key'
import { seededRandom } from '@botcriptofy/engine/kernel'
import { loadModules } from '@botcriptofy/runtime/modules'
import { openQueue, type Queue } from '@botcriptofy/runtime/queue'
import { createRedis, type Redis } from '@botcriptofy/runtime/redis'
import { insertKey } from '@botcriptofy/store/key'
import { ensureTenant, ensureUser } from '@botcriptofy/store/tenant'
import { candleSet } from './candle-sets.ts'
import { apiClient } from './client.ts'
import type { Evidence } from './evidence.ts'
import { followEvents } from './event-reader.ts'
import { type FaultScene, type Heal, injections } from './faults.ts'
import { type Member, openMember, type UnaskedExit } from './fleet.ts'
import { gatherProcesses, gatherRedis } from './gather.ts'
import { type AskedImports, startImports } from './import-load.ts'
import { INVARIANTS } from './invariants/index.ts'
import type { Asked, Caller } from './asked.ts'
import { startLoad } from './load.ts'
import { untilQuiet, untilTold, unfinishedSweeps } from './quiet.ts'
import { type InjectedFault, judge, type LabReport } from './report.ts'
import { type FleetNames, type PlannedFault, planFaults } from './schedule.ts'
import { type PrivateServices, startServices } from './services.ts'
import { type AskedFlow, startFlows } from './walkforward-load.ts'

export interface LabOptions {
  readonly seed: number
  readonly minutes: number
  readonly say: (line: string) => void
  /** Ends the run early and cleanly; `runLab` then throws its reason. */
  readonly signal: AbortSignal
  /** Added to the environment of workers, for tests that break one on purpose. */
  readonly workerEnv?: Readonly<Record<string, string>>
  /** The same for the API. */
  readonly apiEnv?: Readonly<Record<string, string>>
  /** How long everything may take to come to rest, for tests that know it never will. */
  readonly quietLimitMs?: number
}

const FLEET: FleetNames = {
  workers: ['worker-1', 'worker-2', 'worker-3'],
  controls: ['control-1', 'control-2'],
  apis: ['api-1'],
}
const TENANTS = 3
const BARS = 4000
const LOOPS = 6
/** Sweeps that are under way before the load waits. */
const BEHIND = 40
const GIVE_UP_MS = 30_000
const TOLD_LIMIT_MS = 15_000
const SAMPLE = 400
/** A lost job is found after 5 s, one of a dead worker after 16 s, and a job's last retry waits for 16 s. */
const QUIET_LIMIT_MS = 90_000

const INDICATOR = join(import.meta.dirname, 'repairable.indicator.mjs')
/** Once a process: what is computed again in it needs the indicator too. */
let isRegistered = false
const registerIndicator = async () => {
  if (isRegistered) return
  isRegistered = true
  await loadModules({ variable: 'the lab', names: [INDICATOR], accept: registerIndicatorModule })
}

/** A run that is over and at rest, its services still there to be looked at. */
export interface FinishedRun {
  readonly evidence: Evidence
  readonly history: readonly InjectedFault[]
  readonly quietAfterMs: number
  readonly services: PrivateServices
  readonly redis: Redis
  readonly queue: Queue
  /** Stands in the environment of every process of the run. */
  readonly tag: string
}

/** Starts everything, loads it, breaks it by the seed's plan, heals it, and judges what is left. */
export const runLab = async (options: LabOptions): Promise<LabReport> => {
  const { evidence, history, quietAfterMs, close } = await finishRun(options)
  try {
    return {
      seed: options.seed,
      minutes: options.minutes,
      faults: history.filter(({ note }) => note === undefined).length,
      ...(await judge(evidence, INVARIANTS, history)),
      history,
      load: tallyOf(evidence),
      redis: { keys: evidence.redis.keys, usedBytes: evidence.redis.usedBytes },
      quietAfterMs,
    }
  } finally {
    await close()
  }
}

/** The run alone, without the verdict; `close` ends what it has left, and a run that fails has closed itself. */
export const finishRun = async (
  options: LabOptions,
): Promise<FinishedRun & { readonly close: () => Promise<void> }> => {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).toReversed())
      await closer().catch((error: unknown) => options.say(String(error)))
  }
  try {
    return { ...(await runIn(options, (closer) => closers.push(closer))), close }
  } catch (error) {
    await close()
    throw error
  }
}

const runIn = async (
  options: LabOptions,
  onClose: (close: () => Promise<unknown>) => void,
): Promise<FinishedRun> => {
  const { seed, say, signal } = options
  say(`seed ${seed}`)
  // Every planned fault waits on it.
  setMaxListeners(0, signal)
  await registerIndicator()
  const brokenFolder = mkdtempSync(join(tmpdir(), 'botcriptofy-broken-'))
  onClose(async () => rmSync(brokenFolder, { recursive: true, force: true }))
  const services = await startServices()
  onClose(services.close)
  signal.throwIfAborted()
  const redis = createRedis(services.redisUrl, 'command')
  redis.on('error', () => undefined)
  const queue = openQueue('backtest', { connection: redis })
  onClose(async () => {
    redis.disconnect()
    await queue.close()
  })
  const tag = randomUUID()
  const unaskedExits: UnaskedExit[] = []
  const { members, baseUrl } = await startFleet(options, {
    services,
    tag,
    unaskedExits,
    brokenFolder,
    onClose,
  })
  signal.throwIfAborted()
  const callers = await openCallers(services, baseUrl, seed)
  say('all processes are ready, the load begins')

  const random = seededRandom(seed ^ 0x5eed)
  const scene: FaultScene = { members, services, redis, queue, random }
  const readers = callers.map((caller, place) =>
    followEvents({ ...caller, baseUrl }, seededRandom(seed + place)),
  )
  onClose(() => Promise.all(readers.map((reader) => reader.stop())))
  const { history, ...load } = await loadUnderFaults(options, { scene, callers, brokenFolder })
  const { db } = services.database
  const limitMs = options.quietLimitMs ?? QUIET_LIMIT_MS
  const quiet = await untilQuiet({ db, queue, redis, signal, limitMs })
  say(`at rest after ${(quiet.tookMs / 1000).toFixed(1)} s`)
  const evidence: Evidence = {
    db,
    ...load,
    told: await untilTold(db, readers, Math.min(TOLD_LIMIT_MS, limitMs)),
    unquiet: quiet.unquiet,
    redis: await gatherRedis(queue, redis),
    processes: await gatherProcesses({ members: [...members.values()], unaskedExits, tag, db }),
    sampleSize: SAMPLE,
    seed,
  }
  return { evidence, history, quietAfterMs: Math.round(quiet.tookMs), services, redis, queue, tag }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error(`expected a port, was ${String(address)}`)
}

const startFleet = async (
  { workerEnv, apiEnv }: LabOptions,
  lab: {
    readonly services: PrivateServices
    readonly tag: string
    readonly unaskedExits: UnaskedExit[]
    readonly brokenFolder: string
    readonly onClose: (close: () => Promise<unknown>) => void
  },
) => {
  const port = await freePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const members = new Map<string, Member>()
  const open = async (name: string, app: 'worker' | 'api', env: Readonly<Record<string, string>>) => {
    const member = await openMember({
      name,
      app,
      env: { FAULT_LAB_TAG: lab.tag, INDICATOR_MODULES: INDICATOR, ...env },
      services: lab.services,
      isReady:
        app === 'api'
          ? async () => (await fetch(`${baseUrl}/health/live`)).ok
          : async (worker) => worker.output().stdout.includes('worker ready'),
      onUnaskedExit: (exit) => lab.unaskedExits.push(exit),
    })
    lab.onClose(member.close)
    members.set(name, member)
    member.start()
  }
  const broken = { FAULT_LAB_BROKEN: lab.brokenFolder }
  const worker = { LOG_LEVEL: 'info', BACKTEST_THREADS: '1', ...broken, ...workerEnv }
  for (const name of FLEET.workers) await open(name, 'worker', { ...worker, WORKER_ROLES: 'backtest' })
  for (const name of FLEET.controls) await open(name, 'worker', { ...worker, WORKER_ROLES: 'control' })
  for (const name of FLEET.apis)
    await open(name, 'api', { LOG_LEVEL: 'warn', API_PORT: String(port), ...apiEnv })
  await Promise.all([...members.values()].map((member) => member.untilReady()))
  return { members, baseUrl }
}

const openCallers = async (
  { database: { db } }: PrivateServices,
  baseUrl: string,
  seed: number,
): Promise<readonly Caller[]> => {
  const callers: Caller[] = []
  for (let place = 0; place < TENANTS; place++) {
    const tenant = await ensureTenant(db, `lab-${place}`)
    const userId = await ensureUser(db, tenant, 'lab')
    const { apiKey } = await insertKey(db, tenant, { userId, name: 'lab', scopes: TENANT_SCOPES })
    const client = apiClient(baseUrl, apiKey)
    const set = candleSet((seed * TENANTS + place) >>> 0, BARS)
    const path = `/v1/candles/import?${new URLSearchParams(set.name).toString()}`
    const imported = await client.send({ method: 'POST', path, body: set.csv })
    if (imported?.status !== 201)
      throw new Error(`expected the candles to be imported, was ${JSON.stringify(imported)}`)
    callers.push({ tenantId: tenant.tenantId, apiKey, client, set })
  }
  return callers
}

interface UnderFaults {
  readonly asked: readonly Asked[]
  readonly imports: readonly AskedImports[]
  readonly flows: readonly AskedFlow[]
  readonly history: readonly InjectedFault[]
}

const loadUnderFaults = async (
  { seed, minutes, say, signal, quietLimitMs = GIVE_UP_MS }: LabOptions,
  {
    scene,
    callers,
    brokenFolder,
  }: { readonly scene: FaultScene; readonly callers: readonly Caller[]; readonly brokenFolder: string },
): Promise<UnderFaults> => {
  const durationMs = minutes * 60_000
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  let behind = 0
  let givenUpMs = Infinity
  const times = {
    isOver: () => elapsedMs() > Math.min(durationMs, givenUpMs) || signal.aborted,
    isGivenUp: () => elapsedMs() > givenUpMs || signal.aborted,
  }
  const isBehind = () => behind > BEHIND
  const load = startLoad({ ...times, seed, callers, loops: LOOPS, brokenFolder, isBehind })
  const imports = callers.map((caller, place) => startImports(seed * TENANTS + place, caller, times))
  const flows = callers.map((caller, place) => startFlows(seed * TENANTS + place, caller, times))
  const watch = setInterval(() => {
    unfinishedSweeps(scene.services.database.db).then(
      (ids) => (behind = ids.length),
      () => undefined,
    )
  }, 500)
  try {
    const injected = planFaults({ seed, durationMs, fleet: FLEET }).map(async (fault) => {
      await pause(Math.max(0, fault.atMs - elapsedMs()), undefined, { signal })
      say(`${(elapsedMs() / 1000).toFixed(1)} s ${fault.fault} ${fault.target}`)
      return injectAndHeal(scene, fault, signal)
    })
    const history = await Promise.all(injected)
    await pause(Math.max(0, durationMs - elapsedMs()), undefined, { signal })
    givenUpMs = elapsedMs() + Math.min(GIVE_UP_MS, quietLimitMs)
    await Promise.all([load, ...imports, ...flows].map(({ finished }) => finished))
    return {
      history,
      asked: load.asked,
      imports: imports.map(({ asked }) => asked),
      flows: flows.flatMap(({ asked }) => asked),
    }
  } catch (error) {
    // A lab that cannot go on must not leave its callers behind.
    givenUpMs = 0
    throw error
  } finally {
    clearInterval(watch)
  }
}

const injectAndHeal = async (
  scene: FaultScene,
  { atMs, holdMs, fault, target }: PlannedFault,
  signal: AbortSignal,
): Promise<InjectedFault> => {
  const injected = { fault, target, atMs, holdMs }
  let heal: Heal
  try {
    heal = await injections[fault](scene, target)
  } catch (error) {
    // Another fault may stand in the way, such as Redis being away for one that flushes it.
    return { ...injected, note: `not injected: ${error instanceof Error ? error.message : String(error)}` }
  }
  await pause(holdMs, undefined, { signal })
  await heal()
  return injected
}

const tallyOf = ({ asked, imports, flows, told }: Evidence): Readonly<Record<string, number>> => ({
  requests: asked.length,
  accepted: asked.filter(({ ids }) => ids.size > 0).length,
  unanswered: asked.filter(({ ids, refusals }) => ids.size === 0 && refusals.length === 0).length,
  cancelled: asked.filter(({ cancel }) => cancel?.ackMs !== undefined).length,
  extended: asked.filter(({ reopening }) => reopening?.verb === 'extend' && reopening.answer === '202')
    .length,
  rerun: asked.filter(({ reopening }) => reopening?.verb === 'rerun' && reopening.answer === '202').length,
  imports: imports.reduce((sum, { pieces }) => sum + pieces.length, 0),
  walkforwards: flows.length,
  streams: told.reduce((sum, { connections }) => sum + connections, 0),
})
