import { botView, type BotView } from '@botcriptofy/contracts/bot'
import type { BotRow, NewestRunRow } from '@botcriptofy/store/bot'
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
export const botViewOf = (row: BotRow, run: NewestRunRow | undefined): BotView =>
  botView.parse({
    ...botSummaryOf(row),
    strategy: row.strategy,
    config: row.config,
    origin: row.origin,
    lastEvent: row.journal_seq,
    run: run === undefined ? null : runViewOf(run),
  })

const runViewOf = (run: NewestRunRow): NonNullable<BotView['run']> => ({
  runNo: run.run_no,
  definitionVersion: run.definition_version,
  desired: run.desired_state,
  stopPolicy: run.stop_policy,
  startedAtMs: run.started_at.getTime(),
  bars: run.bars,
  firstOpenMs: run.first_open_ms,
  lastOpenMs: run.last_open_ms,
  signalsFromBar: run.signals_from_bar,
  equity: run.equity,
  isFlat: run.is_flat,
  waitingFor: run.waiting_for,
  owner:
    run.holder === null || run.expires_at === null
      ? null
      : { holder: run.holder, expiresAtMs: run.expires_at.getTime() },
  epoch: Number(run.epoch),
  incarnation: run.incarnation,
  crashes: run.crashes,
})
