import type { Finding, Invariant } from '../evidence.ts'

const say =
  (detail: string) =>
  (id: string): Finding => ({ ids: [id], detail })

const quiet: Invariant = {
  name: 'quiet',
  holds: 'Once all faults are healed, everything comes to rest by itself in bounded time.',
  check: async ({ unquiet }) => ({ checked: 1, findings: unquiet.map(say('not at rest in time')) }),
}

const outboxEmpty: Invariant = {
  name: 'outbox-empty',
  holds: 'No row of the outbox waits for a job or an effect that will not come.',
  check: async ({ db }) => {
    const rows = await db
      .selectFrom('job_outbox')
      .select(['id', 'subject_id', 'sent_at', 'done_at'])
      .execute()
    const open = rows.filter((row) => row.done_at === null)
    return {
      checked: rows.length,
      findings: open.map((row) => ({
        ids: [row.id, row.subject_id],
        detail: row.sent_at === null ? 'never sent' : 'sent, and without its effect',
      })),
    }
  },
}

const backlogEmpty: Invariant = {
  name: 'backlog-empty',
  holds: 'No chunk of a sweep that has ended waits to be handed out.',
  check: async ({ db }) => {
    const rows = await db
      .selectFrom('sweep')
      .leftJoin('sweep_backlog', 'sweep_backlog.sweep_id', 'sweep.id')
      .select(['sweep.id', 'sweep.status', 'sweep_backlog.from_ordinal'])
      .execute()
    const left = rows.filter((row) => row.from_ordinal !== null)
    return {
      checked: rows.length,
      findings: left.map(({ id, status }) => ({ ids: [id], detail: `${status}, and with a backlog` })),
    }
  },
}

/** BullMQ keeps the last 1000 completed and 5000 failed jobs; besides them there are a few keys a queue and a caller. */
const MAX_KEYS = 6200

const redisBounded: Invariant = {
  name: 'redis-bounded',
  holds:
    'Redis holds finished jobs up to their limit, none that waits or runs, and no key of a job that no list has.',
  check: async ({ redis: { keys, jobs, strayKeys } }) => ({
    checked: keys,
    findings: [
      ...(keys > MAX_KEYS ? [{ ids: [], detail: `expected at most ${MAX_KEYS} keys, was ${keys}` }] : []),
      ...Object.entries(jobs)
        .filter(([state, count]) => count > 0 && state !== 'completed' && state !== 'failed')
        .map(([state, count]) => ({ ids: [], detail: `${count} jobs are still ${state}` })),
      ...strayKeys.map(say('a key of a job that stands in no list')),
    ],
  }),
}

const noOrphans: Invariant = {
  name: 'no-orphans',
  holds: 'No process and no session of Postgres is left after all were asked to end.',
  check: async ({ processes: { orphans, sessions } }) => ({
    checked: 1,
    findings: [
      ...orphans.map(say('still lives')),
      ...sessions.map(say('a session of a process that has ended')),
    ],
  }),
}

const cleanEnds: Invariant = {
  name: 'clean-ends',
  holds:
    'No process ended that the lab had not killed, none with an error nobody handled, and all end with 0 when asked.',
  check: async ({ processes: { unaskedExits, badEnds, unhandled } }) => ({
    checked: 1,
    findings: [
      ...unaskedExits
        // Without its services a process may say so in a line and leave it to its supervisor to start it again.
        .filter(({ wasReady, exit }) => wasReady || exit.signal !== null || exit.code !== 1)
        .map(({ name, pid, exit, lastWords }) => ({
          ids: [name, String(pid)],
          detail: `ended unasked with ${JSON.stringify(exit)}: ${lastWords}`,
        })),
      ...badEnds.map(say('did not end with 0 when asked to')),
      ...unhandled.map(say('an error that nobody handled')),
    ],
  }),
}

export const leftoverInvariants: readonly Invariant[] = [
  quiet,
  outboxEmpty,
  backlogEmpty,
  redisBounded,
  noOrphans,
  cleanEnds,
]
