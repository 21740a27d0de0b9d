import { backtestConfigSchema, ENGINE_REVISION, type SeriesSelection } from '@botcriptofy/contracts/backtest'
import { indicatorDigests } from '@botcriptofy/contracts/indicators'
import { checkStrategy, strategyReference } from '@botcriptofy/contracts/strategy'
import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Problem } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { findDataset, findSeries } from '@botcriptofy/store/candles'
import type { Db } from '@botcriptofy/store/database'
import { findStrategyVersion } from '@botcriptofy/store/strategy'
import type { PinnedDataset } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { zodProblemErrors } from '../plugins/zod.ts'
import { HttpProblem, notFound, problemErrors } from '../problem.ts'
import { defaultRules } from './default-rules.ts'

interface RulesRequest {
  readonly strategy: unknown
  readonly config?: Readonly<Record<string, unknown>> | undefined
  /** What is run, in the order of priority; of one timeframe. */
  readonly series: readonly SeriesSelection[]
}

/** What decides a run's numbers besides the candles, looked up and checked. */
export interface PreparedRules {
  readonly strategy: Strategy
  readonly config: BacktestConfig
  readonly engineRevision: number
  readonly indicatorDigests: Readonly<Record<string, string>>
}

export interface PreparedRun extends PreparedRules {
  readonly dataset: PinnedDataset
}

/** A run over one series; refuses with the problem that fits, the strategy's first: it is what users get wrong most. */
export const prepareRun = async (
  db: Db,
  tenant: TenantScope,
  { strategy, config, candles }: Omit<RulesRequest, 'series'> & { readonly candles: SeriesSelection },
): Promise<PreparedRun> => {
  const rules = await prepareRules(db, tenant, { strategy, config, series: [candles] })
  return { ...rules, dataset: await pinDataset(db, tenant, candles) }
}

export const prepareRules = async (
  db: Db,
  tenant: TenantScope,
  request: RulesRequest,
): Promise<PreparedRules> => {
  const strategy = await resolveStrategy(db, tenant, request)
  return {
    strategy,
    config: await resolveConfig(db, request),
    engineRevision: ENGINE_REVISION,
    indicatorDigests: indicatorDigests(Object.values(strategy.indicators)),
  }
}

/** The bars of a selection as they are stored now. */
export const pinDataset = async (
  db: Db,
  tenant: TenantScope,
  { from: fromMs, to: toMs, ...name }: SeriesSelection,
): Promise<PinnedDataset> => {
  const label = `${name.venue} ${name.symbol} ${name.timeframe}`
  const series = await findSeries(db, tenant, name)
  if (series === undefined) {
    throw new HttpProblem('NO_CANDLES', { detail: `expected imported candles of ${label}, was none` })
  }
  const dataset = await findDataset(db, series, { fromMs, toMs })
  if (dataset === undefined) {
    const detail = `expected candles of ${label} in the range, was none from ${fromMs ?? 'the start'} to ${toMs ?? 'the end'}`
    throw new HttpProblem('NO_CANDLES', { detail })
  }
  return { seriesId: series.id, ...dataset }
}

const resolveStrategy = async (
  db: Db,
  tenant: TenantScope,
  { strategy: input, series }: RulesRequest,
): Promise<Strategy> => {
  const [context = {}] = series
  if (typeof input !== 'object' || input === null || !('strategyId' in input)) {
    return requireStrategy(input, context)
  }
  const reference = strategyReference.safeParse(input)
  if (!reference.success) {
    throw new HttpProblem('INVALID_REQUEST', {
      errors: zodProblemErrors(reference.error, input, 'strategy'),
    })
  }
  const { strategyId, version } = reference.data
  const row = await findStrategyVersion(db, tenant, { id: strategyId, version })
  if (row === undefined) throw notFound('strategy version')
  return requireStrategy(row.body, context)
}

/** A strategy that can run, or the problem that lists all that is wrong with it. */
export const requireStrategy = (input: unknown, context: { readonly timeframe?: string } = {}): Strategy => {
  const checked = checkStrategy(input, context)
  if (checked.ok) return checked.value
  throw new HttpProblem('INVALID_STRATEGY', { errors: problemErrors(checked.error) })
}

/** What the caller leaves out comes from the instruments where they are known, else from the defaults. */
const resolveConfig = async (db: Db, { series, config = {} }: RulesRequest): Promise<BacktestConfig> => {
  const merged = { ...(await defaultRules(db, series, config)), ...config }
  const parsed = backtestConfigSchema.safeParse(merged)
  if (parsed.success) return parsed.data
  throw new HttpProblem('INVALID_REQUEST', { errors: zodProblemErrors(parsed.error, merged, 'config') })
}

export const refuseParameters = (problems: readonly Problem[]): HttpProblem =>
  new HttpProblem('INVALID_PARAMETERS', { errors: problemErrors(problems) })
