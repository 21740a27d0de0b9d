import type { Finding, Invariant } from '../evidence.ts'
import { grouped } from './grouped.ts'

const REOPENED = /\.(extended|rerun)$/
const ENDS = /\.(completed|failed|cancelled)$/

const eventsOnce: Invariant = {
  name: 'events-once',
  holds:
    'A sweep has one event of its acceptance, and one of its end as its status is; one more for each time that it was extended or rerun.',
  check: async ({ db }) => {
    const events = await db.selectFrom('event').select(['subject_id', 'type']).orderBy('seq').execute()
    const bySubject = grouped(events, (event) => event.subject_id)
    const sweeps = await db.selectFrom('sweep').select(['id', 'kind', 'status', 'remaining']).execute()
    const findings = sweeps.flatMap(({ id, kind, status }): Finding[] => {
      const types = (bySubject.get(id) ?? []).map(({ type }) => type)
      const accepted = types.filter((type) => type === `${kind}.queued`).length
      const ends = types.filter((type) => ENDS.test(type))
      const reopened = types.filter((type) => REOPENED.test(type)).length
      const last = ENDS.test(`.${status}`) ? [`${kind}.${status}`] : []
      // Only what is complete can be extended, and what the lab reruns is but for one run.
      const wanted = [...Array.from({ length: reopened }, () => `${kind}.completed`), ...last]
      return [
        ...(accepted === 1
          ? []
          : [{ ids: [id], detail: `expected one event of acceptance, was ${accepted}` }]),
        ...(ends.join() === wanted.join()
          ? []
          : [{ ids: [id], detail: `expected the end ${wanted.join()}, was ${ends.join() || 'none'}` }]),
      ]
    })
    return { checked: sweeps.length, findings }
  },
}

const eventsNumbered: Invariant = {
  name: 'events-numbered',
  holds: 'Events are numbered from 1 without a gap, a repetition or one left out.',
  check: async ({ db }) => {
    const events = await db.selectFrom('event').select(['id', 'seq']).orderBy('seq').execute()
    const findings = events.flatMap(({ id, seq }, place): Finding[] =>
      seq === place + 1
        ? []
        : [{ ids: [id], detail: `expected the number ${place + 1}, was ${seq ?? 'none'}` }],
    )
    // One gap moves all that follow; the first tells enough.
    return { checked: events.length, findings: findings.slice(0, 3) }
  },
}

const eventsTold: Invariant = {
  name: 'events-told',
  holds:
    'Who follows the events of a tenant and comes back after each loss has every event once and in order, and none of others.',
  check: async ({ db, told }) => {
    const events = await db.selectFrom('event').select(['tenant_id', 'seq']).orderBy('seq').execute()
    const byTenant = grouped(events, (event) => event.tenant_id)
    const findings = told.flatMap(({ tenantId, seqs, connections }): Finding[] => {
      const wanted = (byTenant.get(tenantId) ?? []).map(({ seq }) => seq)
      const place = wanted.findIndex((seq, at) => seqs[at] !== seq)
      if (place < 0 && seqs.length === wanted.length) return []
      const detail = `expected ${wanted.length} events, was ${seqs.length} over ${connections} connections`
      const first = place < 0 ? wanted.length : place
      return [{ ids: [tenantId], detail: `${detail}; after ${first} of them ${seqs[first] ?? 'none'}` }]
    })
    return { checked: told.reduce((sum, { seqs }) => sum + seqs.length, 0), findings }
  },
}

export const eventInvariants: readonly Invariant[] = [eventsOnce, eventsNumbered, eventsTold]
