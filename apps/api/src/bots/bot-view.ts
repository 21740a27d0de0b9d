import { botView, type BotView } from '@botcriptofy/contracts/bot'
import type { BotRow } from '@botcriptofy/store/bot'
import { z } from 'zod'

const shownStrategy = z.object({ name: z.string() })

export const botSummaryOf = (row: BotRow) => ({
  id: row.id,
  name: row.name,
  mode: row.mode,
  state: row.state,
  version: row.version,
  strategyName: shownStrategy.parse(row.strategy).name,
  strategySha256: row.strategy_sha256,
  market: { venue: row.venue, symbol: row.symbol, timeframe: row.timeframe },
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
})

/** The JSON columns were written by any version, so they are read through the schema. */
export const botViewOf = (row: BotRow): BotView =>
  botView.parse({ ...botSummaryOf(row), strategy: row.strategy, config: row.config, origin: row.origin })
