import { sql } from 'kysely'
import type { TrialColumns } from '@botcriptofy/contracts/sweep'
import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** Rows a query: whoever asks answers others between two pages. */
const PAGE = 500

export interface WantedTrials {
  readonly sweepId: string
  /** No more runs than this are there. */
  readonly total: number
  readonly paths: readonly string[]
  readonly metrics: readonly MetricKey[]
}

/**
 * What a sweep has tried, by ordinal, read page by page into columns: of each combination the run over the most bars,
 * which is the last one.
 */
export const readTrials = async (db: Db, scope: TenantScope, wanted: WantedTrials): Promise<TrialColumns> => {
  const { total, paths, metrics } = wanted
  const column = () => new Float64Array(total).fill(Number.NaN)
  const ordinal = new Int32Array(total)
  const [isFailed, isLowSample, isRepeated] = [0, 1, 2].map(() => new Uint8Array(total)) as Flags
  const [objective, violation, share] = [column(), column(), column()]
  const params = paths.map(column)
  const values = metrics.map(column)
  const rowOf = new Map<string, number>()
  let count = 0
  for (;;) {
    const rows = await trialPage(db, scope, { ...wanted, afterOrdinal: ordinal[count - 1] ?? -1 })
    for (const row of rows.slice(0, total - count)) {
      ordinal[count] = row.ordinal
      isFailed[count] = row.status === 'failed' ? 1 : 0
      isLowSample[count] = row.low_sample === true ? 1 : 0
      objective[count] = row.objective_value ?? Number.NaN
      violation[count] = row.violation
      share[count] = row.share
      for (const [at, path] of paths.entries()) params[at]![count] = Number(row.params[path] ?? Number.NaN)
      for (const [at, value] of row.values.entries()) values[at]![count] = value ?? Number.NaN
      const key = params.map((own) => own[count]).join()
      const before = rowOf.get(key)
      if (before !== undefined) isRepeated[before] = 1
      rowOf.set(key, count++)
    }
    if (rows.length < PAGE || count === total) break
  }
  const isWhole = !isRepeated.includes(1)
  const kept = <Column extends Filtered<Column>>(own: Column): Column => {
    const filled = own.subarray(0, count)
    return isWhole ? filled : filled.filter((_, row) => isRepeated[row] === 0)
  }
  return {
    paths,
    ordinal: kept(ordinal),
    params: params.map(kept),
    objective: kept(objective),
    violation: kept(violation),
    share: kept(share),
    metrics: Object.fromEntries(metrics.map((key, at) => [key, kept(values[at]!)])),
    isFailed: kept(isFailed),
    isLowSample: kept(isLowSample),
  }
}

type Flags = [Uint8Array, Uint8Array, Uint8Array]

/** What typed arrays have in common here. */
interface Filtered<Column> {
  readonly subarray: (from: number, to: number) => Column
  readonly filter: (holds: (value: number, row: number) => boolean) => Column
}

const trialPage = (
  db: Db,
  scope: TenantScope,
  { sweepId, metrics, afterOrdinal }: WantedTrials & { readonly afterOrdinal: number },
) => {
  const values = sql.join(metrics.map((key) => sql`backtest_result.metrics->${sql.lit(key)}`))
  return db
    .selectFrom('sweep_run')
    .leftJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', sweepId)
    .where('sweep_run.ordinal', '>', afterOrdinal)
    .select([
      'sweep_run.ordinal',
      'sweep_run.params',
      'sweep_run.status',
      'sweep_run.objective_value',
      'sweep_run.violation',
      'sweep_run.share',
      'backtest_result.low_sample',
      sql<readonly (number | null)[]>`jsonb_build_array(${values})`.as('values'),
    ])
    .orderBy('sweep_run.ordinal')
    .limit(PAGE)
    .execute()
}
