import type { Candles } from '@botcriptofy/engine/market'
import type { SweepForWork } from '@botcriptofy/store/sweep'
import type { BacktestTask } from '../backtest/task.ts'
import type { DatasetCache } from '../candles/dataset-cache.ts'

export type TaskCandles = Pick<BacktestTask, 'datasetDigest' | 'candles' | 'detail' | 'members'>

/** All candles of a run, each series as it was pinned at submit. */
export const loadTaskCandles = async (
  datasets: DatasetCache,
  { dataset, members, detail }: SweepForWork,
): Promise<TaskCandles> => {
  const datasetDigest = dataset.digest
  if (members === null) {
    const candles = await datasets.load(dataset)
    return detail === null
      ? { datasetDigest, candles }
      : { datasetDigest, candles, detail: await datasets.load(detail) }
  }
  const loaded: { readonly symbol: string; readonly candles: Candles }[] = []
  // One after the other: together they would share the connections of the pool with those who wait for a page.
  for (const member of members) {
    loaded.push({ symbol: member.symbol, candles: await datasets.load(member) })
  }
  return { datasetDigest, candles: loaded[0]!.candles, members: loaded }
}
