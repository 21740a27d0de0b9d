import { Counter, Gauge, type Registry } from 'prom-client'
import { liveGauge, sampled } from './live-gauge.ts'
import { OTHER_TENANTS, tenantLabels } from './tenant-labels.ts'

/** Tenants with series of their own in a counter of one process. */
const TENANTS_COUNTED = 50
/** Tenants with series of their own in a gauge; those with the most to wait for. */
const TENANTS_SHOWN = 10

/** How the runs of one chunk ended that were counted for the first time. */
export interface CountedRuns {
  readonly tenantId: string
  readonly computed: number
  /** Found at their address: a hit of the cache of results. */
  readonly cached: number
  readonly failed: number
  /** Of the threads, for the computed ones. */
  readonly computeMs: number
}

/** What has been computed, for whom. */
export const runMetrics = (registry: Registry): { readonly observe: (runs: CountedRuns) => void } => {
  const runs = new Counter({
    name: 'botcriptofy_runs_total',
    help: 'Backtests that ended, by outcome: computed (a miss of the cache of results), cached (a hit) or failed',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const computing = new Counter({
    name: 'botcriptofy_tenant_compute_seconds_total',
    help: `Time of threads that computed backtests, by tenant: the first ${TENANTS_COUNTED} of this process, then other`,
    labelNames: ['tenant'],
    registers: [registry],
  })
  const labelOf = tenantLabels(TENANTS_COUNTED)
  for (const outcome of ['computed', 'cached', 'failed']) runs.inc({ outcome }, 0)
  return {
    observe: ({ tenantId, computed, cached, failed, computeMs }) => {
      runs.inc({ outcome: 'computed' }, computed)
      runs.inc({ outcome: 'cached' }, cached)
      runs.inc({ outcome: 'failed' }, failed)
      computing.inc({ tenant: labelOf(tenantId) }, computeMs / 1000)
    },
  }
}

/** The threads that compute, as their pool counts them. */
export interface ThreadLoad {
  readonly threads: number
  readonly busy: number
  /** Tasks that no thread has taken yet. */
  readonly waiting: number
}

export const threadMetrics = (registry: Registry, load: () => ThreadLoad): void => {
  liveGauge(registry, {
    name: 'compute_threads',
    help: 'Threads that compute backtests, by state (busy, idle)',
    labelNames: ['state'],
    read: () => {
      const { threads, busy } = load()
      return [
        { labels: { state: 'busy' }, value: busy },
        { labels: { state: 'idle' }, value: threads - busy },
      ]
    },
  })
  liveGauge(registry, {
    name: 'compute_waiting_tasks',
    help: 'Backtests in this process that wait for a thread',
    read: () => [{ value: load().waiting }],
  })
}

/** A tenant whose runs wait to be handed out. */
export interface TenantBacklog {
  /** Null: all tenants together that are not among those asked for. */
  readonly tenantId: string | null
  readonly runs: number
  /** Its credit in the deficit round robin; null: it had no turn yet. */
  readonly creditMs: number | null
}

export interface DispatchTurn {
  /** Chunks that may be with the workers at once. */
  readonly window: number
  /** Chunks that are. */
  readonly outstanding: number
  /** Chunks handed out in this turn. */
  readonly chunks: number
}

/** The hand-out of sweeps; `findBacklogs` gives so many tenants, the largest backlog first, then the rest as one. */
export const dispatchMetrics = (
  registry: Registry,
  findBacklogs: (tenants: number) => Promise<readonly TenantBacklog[]>,
): { readonly observe: (turn: DispatchTurn) => void } => {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `botcriptofy_dispatch_${name}`, help, registers: [registry] })
  const window = gauge('window_chunks', 'Chunks of sweeps that may be with the workers at once')
  const outstanding = gauge('outstanding_chunks', 'Chunks of sweeps that are handed out and have not ended')
  const handedOut = new Counter({
    name: 'botcriptofy_dispatched_chunks_total',
    help: 'Chunks of sweeps that this process handed out',
    registers: [registry],
  })
  tenantGauges(registry, findBacklogs)
  return {
    observe: (turn) => {
      window.set(turn.window)
      outstanding.set(turn.outstanding)
      handedOut.inc(turn.chunks)
    },
  }
}

const tenantGauges = (
  registry: Registry,
  findBacklogs: (tenants: number) => Promise<readonly TenantBacklog[]>,
): void => {
  const backlogs = sampled(() => findBacklogs(TENANTS_SHOWN))
  liveGauge(registry, {
    name: 'tenant_backlog_runs',
    help: `Runs that could be handed out, by tenant: the ${TENANTS_SHOWN} with the most, then other`,
    labelNames: ['tenant'],
    read: async () =>
      (await backlogs())?.map(({ tenantId, runs }) => ({
        labels: { tenant: tenantId ?? OTHER_TENANTS },
        value: runs,
      })),
  })
  liveGauge(registry, {
    name: 'tenant_deficit_seconds',
    help: `Computing time a tenant may still take in its turn, of the ${TENANTS_SHOWN} with the largest backlogs`,
    labelNames: ['tenant'],
    read: async () =>
      (await backlogs())?.flatMap(({ tenantId, creditMs }) =>
        tenantId === null || creditMs === null
          ? []
          : [{ labels: { tenant: tenantId }, value: creditMs / 1000 }],
      ),
  })
}
