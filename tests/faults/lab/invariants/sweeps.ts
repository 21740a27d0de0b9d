import { canonicalJson } from '@botcriptofy/engine/kernel'
import { combinationCount, type Grid, openGrids } from '@botcriptofy/engine/sweep'
import { sql } from 'kysely'
import type { Db } from '@botcriptofy/store/database'
import type { Evidence, Finding, Invariant, Verdict } from '../evidence.ts'
import type { Asked } from '../asked.ts'

const ENDS: readonly string[] = ['completed', 'failed', 'cancelled']

/** Of the request and, where one was asked for, of the extension. */
const gridsOf = ({ axes, reopening }: Asked): readonly Grid[] => [
  { firstOrdinal: 0, axes },
  ...(reopening?.verb === 'extend' ? [{ firstOrdinal: combinationCount(axes), axes: reopening.axes }] : []),
]

/** Combinations that the sweep may have: an extension that nothing was heard of may have been done. */
const totalsOf = ({ axes, reopening }: Asked): readonly number[] => {
  const own = combinationCount(axes)
  if (reopening?.verb !== 'extend') return [own]
  const extended = own + combinationCount(reopening.axes)
  return reopening.answer === undefined ? [own, extended] : [extended]
}

/** Runs that may be failed: those that the lab broke, until it was told that they are run again. */
const mayFail = ({ reopening }: Asked): number =>
  reopening?.verb === 'rerun' && reopening.answer === undefined ? reopening.failing : 0

const sweepsById = async (db: Db) => {
  const rows = await db
    .selectFrom('sweep')
    .select([
      'id',
      'kind',
      'status',
      'total',
      'remaining',
      'computed',
      'failed',
      'error_code',
      'error_detail',
    ])
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

type Sweep = Awaited<ReturnType<typeof sweepsById>> extends Map<string, infer Row> ? Row : never

/** Accepted requests with the row of their sweep, each judged by `judge`. */
const eachAccepted = async (
  { db, asked }: Evidence,
  judge: (row: Sweep | undefined, asked: Asked, id: string) => string | undefined,
): Promise<Verdict> => {
  const rows = await sweepsById(db)
  const findings: Finding[] = []
  let checked = 0
  for (const one of asked) {
    for (const id of one.ids) {
      checked++
      const detail = judge(rows.get(id), one, id)
      if (detail !== undefined) findings.push({ ids: [id], detail })
    }
  }
  return { checked, findings }
}

const acceptedExist: Invariant = {
  name: 'accepted-exist',
  holds:
    'Every request that was answered with 202 is a row, with as many combinations as were asked for, at first and by extension.',
  check: (evidence) =>
    eachAccepted(evidence, (row, asked) => {
      if (row === undefined) return 'accepted, but Postgres has no such sweep'
      const totals = totalsOf(asked)
      return totals.includes(row.total)
        ? undefined
        : `expected ${totals.join(' or ')} combinations, was ${row.total}`
    }),
}

const ended: Invariant = {
  name: 'ended',
  holds:
    'Every accepted sweep has come to its end; what nobody cancelled is complete and nothing of it failed.',
  check: (evidence) =>
    eachAccepted(evidence, (row, asked) => {
      if (row === undefined) return undefined
      const { status, failed, error_code: code, error_detail: detail } = row
      if (!ENDS.includes(status)) return `expected an end, was ${status} with ${row.remaining} to go`
      if (status === 'cancelled' && asked.cancel === undefined) return 'cancelled, but nobody asked for that'
      // What the lab has not broken can be computed, so whatever else failed was lost to a fault.
      if (failed > mayFail(asked))
        return `expected no failed run, was ${failed}: ${code ?? 'no code'}: ${detail ?? ''}`
      return undefined
    }),
}

const cancelledStay: Invariant = {
  name: 'cancelled-stay',
  holds: 'A confirmed cancellation is the end of its sweep, and no run was added after it.',
  check: async ({ db, asked }) => {
    const findings: Finding[] = []
    let checked = 0
    const rows = await sweepsById(db)
    for (const { ids, cancel } of asked) {
      const [id] = ids
      if (id === undefined || cancel?.ackMs === undefined) continue
      checked++
      const status = rows.get(id)?.status
      if (status !== 'cancelled')
        findings.push({ ids: [id], detail: `cancellation confirmed, but it is ${status ?? 'gone'}` })
      const late = await db
        .selectFrom('sweep_run')
        .select(({ fn }) => fn.countAll<number>().as('runs'))
        .where('sweep_id', '=', id)
        .where('created_at', '>', new Date(cancel.ackMs))
        .executeTakeFirstOrThrow()
      if (late.runs > 0)
        findings.push({ ids: [id], detail: `${late.runs} runs were added after the cancellation` })
    }
    return { checked, findings }
  },
}

const combinationsOnce: Invariant = {
  name: 'combinations-once',
  holds:
    'A complete sweep has each of its combinations exactly once; any other has none twice and none that is not its own.',
  check: async ({ db, asked }) => {
    const rows = await sweepsById(db)
    const findings: Finding[] = []
    let checked = 0
    for (const one of asked) {
      for (const id of one.ids) {
        const runs = await db
          .selectFrom('sweep_run')
          .select(['ordinal', 'params'])
          .where('sweep_id', '=', id)
          .orderBy('ordinal')
          .execute()
        checked += runs.length
        const total = rows.get(id)?.total ?? 0
        const { paramsAt } = openGrids(gridsOf(one))
        const seen = new Set(runs.map(({ ordinal }) => ordinal))
        const foreign = runs.filter(
          ({ ordinal, params }) =>
            ordinal >= total || canonicalJson(params) !== canonicalJson(paramsAt(ordinal) ?? null),
        )
        const missing = rows.get(id)?.status === 'cancelled' ? 0 : total - seen.size
        if (seen.size < runs.length)
          findings.push({ ids: [id], detail: `${runs.length - seen.size} combinations more than once` })
        if (foreign.length > 0)
          findings.push({ ids: [id], detail: `${foreign.length} runs with parameters that are not theirs` })
        if (missing > 0)
          findings.push({ ids: [id], detail: `${missing} of ${total} combinations are missing` })
      }
    }
    return { checked, findings }
  },
}

const countersExact: Invariant = {
  name: 'counters-exact',
  holds: 'The counters of a sweep equal its rows: remaining, computed and failed.',
  check: async ({ db }) => {
    const rows = await db
      .selectFrom('sweep')
      .leftJoin('sweep_run', 'sweep_run.sweep_id', 'sweep.id')
      .groupBy(['sweep.tenant_id', 'sweep.id'])
      .select(['sweep.id', 'sweep.total', 'sweep.remaining', 'sweep.computed', 'sweep.failed'])
      .select([
        sql<number>`count(sweep_run.ordinal)::int`.as('runs'),
        sql<number>`(count(*) filter (where sweep_run.status = 'failed'))::int`.as('failed_runs'),
        sql<number>`(count(*) filter (where sweep_run.status = 'completed' and not sweep_run.is_cached))::int`.as(
          'computed_runs',
        ),
      ])
      .execute()
    const findings = rows.flatMap((row): Finding[] => {
      const counted = { remaining: row.remaining, computed: row.computed, failed: row.failed }
      const real = { remaining: row.total - row.runs, computed: row.computed_runs, failed: row.failed_runs }
      return canonicalJson(counted) === canonicalJson(real)
        ? []
        : [{ ids: [row.id], detail: `expected ${JSON.stringify(real)}, was ${JSON.stringify(counted)}` }]
    })
    return { checked: rows.length, findings }
  },
}

export const sweepInvariants: readonly Invariant[] = [
  acceptedExist,
  ended,
  cancelledStay,
  combinationsOnce,
  countersExact,
]
