import { resampleCandles } from '@botcriptofy/engine/market'
import type { OpenDatabase } from '../database/index.ts'
import { BadCandles, barLengthOf } from './candle-input.ts'
import { importCandlesIn, type ImportResult } from './import.ts'
import { copyOut } from './load.ts'
import { withCopyTransaction } from './copy-transaction.ts'
import type { Series, SeriesOwner } from './series.repository.ts'

/**
 * Makes the owner's series of a longer timeframe from a stored one, in one transaction. Bars whose span the source
 * does not cover at either end are left out.
 */
export const resampleSeries = async (
  open: Pick<OpenDatabase, 'pool'>,
  source: Series,
  target: { readonly owner: SeriesOwner; readonly timeframe: string },
): Promise<ImportResult> =>
  withCopyTransaction(open, async (copy) => {
    const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, shared: false }
    const candles = await copyOut(copy.client, source.id, everything)
    const longer = resampleCandles(candles, {
      fromMs: barLengthOf(source.timeframe),
      toMs: barLengthOf(target.timeframe),
    })
    if (!longer.ok) throw new BadCandles(longer.error)
    const { venue, symbol, isSimulated } = source
    return importCandlesIn(copy, { venue, symbol, isSimulated, ...target }, longer.value)
  })
