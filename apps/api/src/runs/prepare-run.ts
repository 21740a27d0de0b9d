import {
  backtestConfigSchema,
  ENGINE_REVISION,
  type submitBacktestBody,
} from '@botcriptofy/contracts/backtest'
import { indicatorDigests } from '@botcriptofy/contracts/indicators'
import { checkStrategy, strategyReference } from '@botcriptofy/contracts/strategy'
import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Problem } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { type Dataset, findDataset, findSeries } from '@botcriptofy/store/candles'
import type { Db } from '@botcriptofy/store/database'
import { findInstrument } from '@botcriptofy/store/instrument'
import { findStrategyVersion } from '@botcriptofy/store/strategy'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { z } from 'zod'
import { zodProblemErrors } from '../plugins/zod.ts'
import { HttpProblem, notFound, problemErrors } from '../problem.ts'

type RunRequest = Pick<z.infer<typeof submitBacktestBody>, 'strategy' | 'candles' | 'config'>

/** A run with everything looked up and checked that decides its numbers. */
export interface PreparedRun {
  readonly strategy: Strategy
  readonly config: BacktestConfig
  readonly seriesId: string
  readonly dataset: Dataset
  readonly engineRevision: number
  readonly indicatorDigests: Readonly<Record<string, string>>
}

/** Refuses with the problem that fits, the strategy's first: it is what users get wrong most. */
export const prepareRun = async (db: Db, tenant: TenantScope, request: RunRequest): Promise<PreparedRun> => {
  const strategy = await resolveStrategy(db, tenant, request)
  const config = await resolveConfig(db, request)
  const { from: fromMs, to: toMs, ...name } = request.candles
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
  return {
    strategy,
    config,
    seriesId: series.id,
    dataset,
    engineRevision: ENGINE_REVISION,
    indicatorDigests: indicatorDigests(Object.values(strategy.indicators)),
  }
}

const resolveStrategy = async (
  db: Db,
  tenant: TenantScope,
  { strategy: input, candles }: RunRequest,
): Promise<Strategy> => {
  if (typeof input !== 'object' || input === null || !('strategyId' in input)) {
    return requireStrategy(input, candles)
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
  return requireStrategy(row.body, candles)
}

/** A strategy that can run, or the problem that lists all that is wrong with it. */
export const requireStrategy = (input: unknown, context: { readonly timeframe?: string } = {}): Strategy => {
  const checked = checkStrategy(input, context)
  if (checked.ok) return checked.value
  throw new HttpProblem('INVALID_STRATEGY', { errors: problemErrors(checked.error) })
}

/** What the caller leaves out comes from the instrument where one is known, else from the defaults. */
const resolveConfig = async (db: Db, { candles, config = {} }: RunRequest): Promise<BacktestConfig> => {
  const instrument = await findInstrument(db, candles)
  const defaults = {
    feeRate: instrument?.takerFeeRate,
    // A caller who names one fee means it for every fill.
    makerFeeRate: config['feeRate'] === undefined ? instrument?.makerFeeRate : null,
    quantityStep: instrument?.quantityStep,
    priceTick: instrument?.priceTick,
    minNotional: instrument?.minNotional,
  }
  const known = Object.entries(defaults).filter(([, value]) => value !== undefined && value !== null)
  const merged = { ...Object.fromEntries(known), ...config }
  const parsed = backtestConfigSchema.safeParse(merged)
  if (parsed.success) return parsed.data
  throw new HttpProblem('INVALID_REQUEST', { errors: zodProblemErrors(parsed.error, merged, 'config') })
}

export const refuseParameters = (problems: readonly Problem[]): HttpProblem =>
  new HttpProblem('INVALID_PARAMETERS', { errors: problemErrors(problems) })
