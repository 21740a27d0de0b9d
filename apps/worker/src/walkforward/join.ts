import { type EndedWindow, joinTests } from '@botcriptofy/contracts/walkforward'
import type { Params } from '@botcriptofy/engine/sweep'
import { packEquity, unpackEquity } from '@botcriptofy/store/blob'
import type { Db } from '@botcriptofy/store/database'
import type { TenantScope } from '@botcriptofy/store/tenant'
import {
  completeWalkForward,
  findTestEquity,
  listWindowResults,
  type WindowResultRow,
} from '@botcriptofy/store/walkforward'
import type { Prepare } from './prepare.ts'

/** Joins the tests; a window at a time, so that the event loop sees to its locks in between. */
export const prepareJoin: Prepare = async (db, scope, { flow }) => {
  const windows: EndedWindow[] = []
  for (const row of await listWindowResults(db, scope, flow.id))
    windows.push(await endedWindow(db, scope, row))
  const { result, time, equity } = joinTests({ axes: flow.axes, config: flow.config, windows })
  const packed = packEquity({ time, equity })
  return (tx) => completeWalkForward(tx, scope, { id: flow.id, result, equity: packed })
}

const endedWindow = async (db: Db, scope: TenantScope, row: WindowResultRow): Promise<EndedWindow> => {
  const lengths = {
    trainMs: row.train_to_ms - row.train_from_ms,
    testMs: row.test_to_ms - row.test_from_ms,
    testFromMs: row.test_from_ms,
  }
  if (row.test_id === null) return { ...lengths, tested: null }
  const equity = await findTestEquity(db, scope, row.test_id)
  if (equity === undefined) throw new Error(`expected the equity of the test ${row.test_id}, was none`)
  return {
    ...lengths,
    tested: {
      params: row.params as Params,
      trainReturn: row.train_metrics?.['totalReturn'] ?? null,
      testReturn: row.test_metrics?.['totalReturn'] ?? null,
      trades: row.test_trades ?? 0,
      ...unpackEquity(equity),
    },
  }
}
