import type { SeriesSelection, submitBacktestBody } from '@botcriptofy/contracts/backtest'
import { combineDatasets, endOfBars } from '@botcriptofy/store/candles'
import type { Db } from '@botcriptofy/store/database'
import type { NewSweep, PinnedDataset } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { z } from 'zod'
import { pinDataset, type PreparedRun, prepareRules } from './prepare-run.ts'

type BacktestRequest = z.infer<typeof submitBacktestBody>

/** A run over one series, over one with finer candles, or over several. */
export type PreparedBacktest = PreparedRun & Pick<NewSweep, 'members' | 'detail'>

/** Looks up and pins what decides the numbers of a backtest, or refuses with the problem that fits. */
export const prepareBacktest = async (
  db: Db,
  tenant: TenantScope,
  request: BacktestRequest,
): Promise<PreparedBacktest> => {
  const { strategy, config, candles } = request
  if (Array.isArray(candles)) {
    const rules = await prepareRules(db, tenant, { strategy, config, series: candles })
    return { ...rules, ...(await pinPortfolio(db, tenant, candles)) }
  }
  const { detail: timeframe, ...selection } = candles
  const rules = await prepareRules(db, tenant, { strategy, config, series: [selection] })
  const dataset = await pinDataset(db, tenant, selection)
  if (timeframe === undefined) return { ...rules, dataset }
  // The last bar may end after the range that its open is in.
  const range = { from: dataset.fromMs, to: endOfBars(selection.timeframe, dataset.toMs) }
  const detail = await pinDataset(db, tenant, { ...selection, ...range, timeframe })
  return { ...rules, dataset, detail }
}

/** One dataset that stands for all: their digest in order, the range that holds them, the bars of all. */
const pinPortfolio = async (db: Db, tenant: TenantScope, candles: readonly SeriesSelection[]) => {
  const members: PinnedDataset[] = []
  // In one transaction queries wait for each other anyway, and the first of the list that is missing is named.
  for (const selection of candles) members.push(await pinDataset(db, tenant, selection))
  const named = candles.map(({ symbol }, place) => ({ symbol, digest: members[place]!.digest }))
  const dataset = {
    seriesId: members[0]!.seriesId,
    fromMs: Math.min(...members.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...members.map(({ toMs }) => toMs)),
    bars: members.reduce((sum, { bars }) => sum + bars, 0),
    digest: combineDatasets(named),
  }
  return { dataset, members }
}
