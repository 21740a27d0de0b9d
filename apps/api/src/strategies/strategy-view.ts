import { strategyVersionView } from '@botcriptofy/contracts/strategy'
import type { StrategyRow, StrategyVersionRow } from '@botcriptofy/store/strategy'

export const strategyViewOf = (row: StrategyRow) => ({
  id: row.id,
  name: row.name,
  latestVersion: row.latest_version,
  createdAtMs: row.created_at.getTime(),
})

export const strategyVersionViewOf = (strategyId: string, row: StrategyVersionRow) =>
  strategyVersionView.parse({
    strategyId,
    version: row.version,
    sha256: row.sha256,
    createdAtMs: row.created_at.getTime(),
    strategy: row.body,
  })
