import type { Finding, Invariant } from '../evidence.ts'
import { grouped } from './grouped.ts'

const ENDS = /\.(completed|failed|cancelled)$/

const eventsOnce: Invariant = {
  name: 'events-once',
  holds:
    'Every sweep that has ended has one event that says so, as its status does, and the one of its acceptance.',
  check: async ({ db }) => {
    const events = await db.selectFrom('event').select(['subject_id', 'type']).execute()
    const bySubject = grouped(events, (event) => event.subject_id)
    const sweeps = await db.selectFrom('sweep').select(['id', 'kind', 'status', 'remaining']).execute()
    const findings = sweeps.flatMap(({ id, kind, status }): Finding[] => {
      const types = (bySubject.get(id) ?? []).map(({ type }) => type)
      const accepted = types.filter((type) => type === `${kind}.queued`).length
      const ends = types.filter((type) => ENDS.test(type))
      const wanted = ENDS.test(`.${status}`) ? [`${kind}.${status}`] : []
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

export const eventInvariants: readonly Invariant[] = [eventsOnce, eventsNumbered]
