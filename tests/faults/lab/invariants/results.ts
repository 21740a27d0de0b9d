import { canonicalJson, seededRandom } from '@botcriptofy/engine/kernel'
import { applyParams, type Params } from '@botcriptofy/engine/sweep'
import { unpackTrades } from '@botcriptofy/store/blob'
import { sha256Hex } from '@botcriptofy/store/hash'
import { backtestRun } from '@botcriptofy/testkit/backtest-run'
import { sql } from 'kysely'
import type { Evidence, Finding, Invariant } from '../evidence.ts'
import type { Asked } from '../asked.ts'
import { grouped } from './grouped.ts'

/** Finished runs with the numbers that were stored for them. */
const storedRuns = ({ db }: Evidence) =>
  db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .select(['sweep_run.sweep_id', 'sweep_run.ordinal', 'sweep_run.params', 'sweep_run.address'])
    .select(['backtest_result.trades_sha256', 'backtest_result.final_equity', 'backtest_result.metrics'])
    .orderBy('sweep_run.sweep_id')
    .orderBy('sweep_run.ordinal')
    .execute()

type StoredRun = Awaited<ReturnType<typeof storedRuns>>[number]

const sampleOf = <T>(all: readonly T[], size: number, seed: number): readonly T[] => {
  const random = seededRandom(seed)
  return all
    .map((one) => ({ one, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .slice(0, size)
    .map(({ one }) => one)
}

const differenceOf = (run: StoredRun, { strategy, set }: Asked): string | undefined => {
  const applied = applyParams(strategy, run.params as Params)
  if (!applied.ok) return 'the parameters do not fit the strategy'
  const { result } = backtestRun({ candles: set.candles, strategy: applied.value })
  if (result.tradesSha256 !== run.trades_sha256)
    return `expected the trades ${result.tradesSha256}, was ${run.trades_sha256}`
  if (result.finalEquity !== run.final_equity)
    return `expected the final equity ${result.finalEquity}, was ${run.final_equity}`
  return canonicalJson(result.metrics) === canonicalJson(run.metrics)
    ? undefined
    : 'the metrics differ from those of an undisturbed run'
}

const identicalResults: Invariant = {
  name: 'identical-results',
  holds:
    'Trades, final equity and every metric equal those of an undisturbed run of the engine in the lab itself.',
  check: async (evidence) => {
    const askedById = new Map(evidence.asked.flatMap((one) => [...one.ids].map((id) => [id, one] as const)))
    const sample = sampleOf(await storedRuns(evidence), evidence.sampleSize, evidence.seed)
    const findings: Finding[] = []
    let checked = 0
    for (const run of sample) {
      const asked = askedById.get(run.sweep_id)
      if (asked === undefined) continue
      checked++
      const detail = differenceOf(run, asked)
      if (detail !== undefined) findings.push({ ids: [run.sweep_id, `ordinal ${run.ordinal}`], detail })
    }
    return { checked, findings }
  },
}

const wholeTransactions: Invariant = {
  name: 'whole-transactions',
  holds:
    'Results and runs came together: no result without a run, and, every strategy being new, no run that found its result stored.',
  check: async ({ db }) => {
    const lone = await db
      .selectFrom('backtest_result')
      .select('address')
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('sweep_run')
              .select('sweep_id')
              .whereRef('sweep_run.address', '=', 'backtest_result.address'),
          ),
        ),
      )
      .execute()
    const found = await db
      .selectFrom('sweep_run')
      .select(['sweep_id', 'ordinal'])
      .where('is_cached', 'is', true)
      .execute()
    const { results } = await db
      .selectFrom('backtest_result')
      .select(sql<number>`count(*)::int`.as('results'))
      .executeTakeFirstOrThrow()
    return {
      checked: results,
      findings: [
        ...lone.map(({ address }) => ({ ids: [address], detail: 'a result without a run' })),
        ...found.map(({ sweep_id: id, ordinal }) => ({
          ids: [id, `ordinal ${ordinal}`],
          detail: 'the result was there before the run, though nobody had computed it',
        })),
      ],
    }
  },
}

/** With the attempt, which the first one leaves out. */
const RANGE = /^([0-9a-f-]{36})\/(\d+)-(\d+)(?:\/(\d+))?$/

interface EffectRange {
  readonly from: number
  readonly to: number
  readonly attempt: string
}

/**
 * A chunk that its workers did not survive keeps its effect, so that a late delivery finds it taken; its parts have theirs,
 * all of them unless the sweep was cancelled.
 */
const isSplit = (range: EffectRange, all: readonly EffectRange[], isCancelled: boolean): boolean => {
  const parts = all.filter(
    ({ from, to, attempt }) =>
      attempt === range.attempt && from >= range.from && to <= range.to && to - from < range.to - range.from,
  )
  const inParts = new Set(
    parts.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k)),
  )
  return isCancelled ? inParts.size > 0 : inParts.size === range.to - range.from
}

const effectsOnce: Invariant = {
  name: 'effects-once',
  holds:
    'The effects of each attempt at a sweep are ranges that do not overlap, but for a chunk that was split and its parts; its runs are exactly those inside of them.',
  check: async ({ db }) => {
    const effects = await db
      .selectFrom('job_effect')
      .select('key')
      .where('type', '=', 'sweep.chunk')
      .execute()
    const ranges = effects.flatMap(({ key }) => {
      const [, id, from, to, attempt = '0'] = RANGE.exec(key) ?? []
      return id === undefined ? [] : [{ id, from: Number(from), to: Number(to), attempt }]
    })
    const bySweep = grouped(ranges, ({ id }) => id)
    const sweeps = await db
      .selectFrom('sweep')
      .leftJoin('sweep_run', 'sweep_run.sweep_id', 'sweep.id')
      .groupBy(['sweep.tenant_id', 'sweep.id'])
      .select(['sweep.id', 'sweep.status'])
      .select(
        sql<number[]>`coalesce(array_agg(ordinal) filter (where ordinal is not null), '{}')`.as('ordinals'),
      )
      .execute()
    const findings: Finding[] = []
    for (const { id, status, ordinals } of sweeps) {
      const all = bySweep.get(id) ?? []
      const whole = all.filter((range) => !isSplit(range, all, status === 'cancelled'))
      const covered = whole.flatMap(({ from, to, attempt }) =>
        Array.from({ length: to - from }, (_, k) => ({ attempt, ordinal: from + k })),
      )
      const distinct = new Set(covered.map(({ ordinal }) => ordinal))
      const once = new Set(covered.map(({ attempt, ordinal }) => `${attempt} ${ordinal}`))
      if (once.size < covered.length)
        findings.push({ ids: [id], detail: `${covered.length - once.size} combinations in two effects` })
      const without = ordinals.filter((ordinal) => !distinct.has(ordinal)).length
      if (without > 0) findings.push({ ids: [id], detail: `${without} runs without an effect` })
      // The effect of a chunk that ends after a cancellation is recorded, its runs are not.
      const empty = status === 'cancelled' ? 0 : distinct.size - (ordinals.length - without)
      if (empty > 0) findings.push({ ids: [id], detail: `${empty} combinations with an effect and no run` })
    }
    return { checked: ranges.length, findings }
  },
}

/** How many of the best runs of a sweep have their trades and equity. */
const BEST = 20

const bestKept: Invariant = {
  name: 'best-kept',
  holds:
    'A complete sweep has trades and equity of its best twenty runs and of no other, and they are those that were measured.',
  check: async ({ db, sampleSize, seed }) => {
    const { rows } = await sql<{
      id: string
      ordinal: number
      place: number
      address: string
      isKept: boolean
    }>`
      select sweep.id, ordinal, address, trades is not null and equity is not null as "isKept",
        row_number() over (
          partition by sweep.id order by violation, objective_value desc nulls last, ordinal)::int as place
      from sweep join sweep_run on sweep_run.sweep_id = sweep.id join backtest_result using (address)
      where kind = 'sweep' and sweep.status = 'completed' order by sweep.id, ordinal`.execute(db)
    const wrong = rows.filter(({ place, isKept }) => isKept !== place <= BEST)
    const findings: Finding[] = wrong.map(({ id, ordinal, isKept }) => ({
      ids: [id, `ordinal ${ordinal}`],
      detail: isKept ? 'kept, though it is not among the best' : 'among the best, but not kept',
    }))
    const kept = rows.filter(({ isKept }) => isKept)
    for (const { id, ordinal, address } of sampleOf(kept, sampleSize, seed)) {
      const { trades, hash } = await db
        .selectFrom('backtest_result')
        .select(['trades', 'trades_sha256 as hash'])
        .where('address', '=', address)
        .executeTakeFirstOrThrow()
      const was = trades && sha256Hex(JSON.stringify(unpackTrades(trades)))
      if (was !== hash)
        findings.push({ ids: [id, `ordinal ${ordinal}`], detail: `expected the trades ${hash}, was ${was}` })
    }
    return { checked: rows.length, findings }
  },
}

export const resultInvariants: readonly Invariant[] = [
  identicalResults,
  wholeTransactions,
  effectsOnce,
  bestKept,
]
