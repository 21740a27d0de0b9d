import { sql } from 'kysely'
import type { BotState, DesiredBotState, StopPolicy } from '@botcriptofy/contracts/bot'
import {
  allowedEvents,
  type BotEvent,
  type Transition,
  transition,
  type TransitionFacts,
} from '@botcriptofy/engine/bot'
import { parseTimeframe } from '@botcriptofy/engine/market'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { type BotRow, lockBot } from './bot.repository.ts'
import { writeJournal } from './bot-journal.repository.ts'
import { revokeLease, sendIncarnations } from './bot-lease.repository.ts'

/** What a user may want of a bot. */
export type BotCommand =
  | { readonly kind: 'start'; readonly account: 'continue' | 'new' }
  | { readonly kind: 'pause' | 'resume' }
  | { readonly kind: 'halt'; readonly reason?: string | undefined }
  | { readonly kind: 'stop'; readonly policy: StopPolicy }
  | { readonly kind: 'reset'; readonly reason: string; readonly to: 'RECONCILING' | 'STOPPED' }

export type CommandOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly from: string; readonly event: BotEvent; readonly reason: string }

interface Wanted {
  readonly event: BotEvent
  readonly facts: TransitionFacts
  readonly desired: DesiredBotState
  readonly reason?: string | undefined
}

const wantedBy = (command: BotCommand): Wanted => {
  switch (command.kind) {
    case 'start':
      return { event: 'start', facts: {}, desired: 'running' }
    case 'pause':
      return { event: 'pause', facts: {}, desired: 'paused' }
    case 'resume':
      return { event: 'resume', facts: { isBreakerClosed: true }, desired: 'running' }
    case 'halt':
      return { event: 'kill', facts: {}, desired: 'halted', reason: command.reason }
    case 'stop':
      return { event: 'stop', facts: {}, desired: 'stopped', reason: `policy ${command.policy}` }
    case 'reset': {
      const { reason, to } = command
      return {
        event: 'reset',
        facts: { reason, to },
        desired: to === 'STOPPED' ? 'stopped' : 'running',
        reason,
      }
    }
  }
}

const EVENTS: Readonly<Record<BotCommand['kind'], BotEvent>> = {
  start: 'start',
  pause: 'pause',
  resume: 'resume',
  halt: 'kill',
  stop: 'stop',
  reset: 'reset',
}

/** In the words that a user has for the moves. */
const illegal = (state: BotState, { kind }: BotCommand): string => {
  const allowed = allowedEvents(state)
  const commands = Object.entries(EVENTS).flatMap(([name, event]) => (allowed.includes(event) ? [name] : []))
  return `expected ${commands.join(', ')} in the state ${state}, was ${kind}`
}

/**
 * Moves a bot as a user wants it, at once and for good, where its state allows it; its owner hears of it. Undefined
 * where there is no such bot.
 */
export const commandBot = async (
  tx: Db,
  scope: TenantScope,
  { botId, command }: { readonly botId: string; readonly command: BotCommand },
): Promise<CommandOutcome | undefined> => {
  // The lease before the bot, as everybody does: an owner's step that is under way ends first.
  await tx.selectFrom('bot_lease').select('bot_id').where('bot_id', '=', botId).forUpdate().execute()
  const bot = await lockBot(tx, scope, botId)
  if (bot === undefined) return undefined
  const wanted = wantedBy(command)
  const { event, facts } = wanted
  const refuse = (reason: string): CommandOutcome => ({ ok: false, from: bot.state, event, reason })
  const next: Transition = transition(bot.state, event, facts)
  if (!next.ok) return refuse(next.allowed.includes(event) ? next.reason : illegal(bot.state, command))
  if (command.kind === 'start') {
    const problem = await beginRun(tx, scope, { bot, account: command.account })
    if (problem !== null) return refuse(problem)
  }
  const lease = await tx
    .updateTable('bot_lease')
    .set({
      desired_state: wanted.desired,
      stop_policy: command.kind === 'stop' ? command.policy : null,
      ...(command.kind === 'start' || command.kind === 'reset'
        ? { crashes: 0, restart_at: sql<Date>`now()` }
        : {}),
    })
    .where('bot_id', '=', botId)
    .returning('run_no')
    .executeTakeFirstOrThrow()
  const move = { event, facts, reason: wanted.reason }
  await writeJournal(tx, scope, {
    botId,
    runNo: lease.run_no,
    epoch: 0,
    state: bot.state,
    rows: [],
    moves: [move],
  })
  if (next.to === 'STOPPED') await revokeLease(tx, botId)
  if (command.kind === 'start') await sendIncarnations(tx, [{ tenant_id: scope.tenantId, bot_id: botId }])
  return { ok: true }
}

const MINUTE_MS = 60_000

/** A new run, or the one of before with its account; in words, why neither is possible. */
const beginRun = async (
  tx: Db,
  scope: TenantScope,
  { bot, account }: { readonly bot: BotRow; readonly account: 'continue' | 'new' },
): Promise<string | null> => {
  const barMs = parseTimeframe(bot.timeframe, 'timeframe')
  if (!barMs.ok || barMs.value % MINUTE_MS !== 0) {
    return `expected a timeframe of whole minutes, which the tape is made of, was ${bot.timeframe}`
  }
  const last = await tx
    .selectFrom('bot_lease')
    .innerJoin('bot_run', (join) =>
      join.onRef('bot_run.bot_id', '=', 'bot_lease.bot_id').onRef('bot_run.run_no', '=', 'bot_lease.run_no'),
    )
    .where('bot_lease.bot_id', '=', bot.id)
    .select(['bot_lease.run_no', 'is_flat', 'definition_version'])
    .executeTakeFirst()
  const isKept = last !== undefined && !last.is_flat && account === 'continue'
  if (isKept && last.definition_version !== bot.version) {
    return `expected the definition that its position is of (version ${last.definition_version}), was version ${bot.version}; start it with a new account to leave the position behind`
  }
  if (last !== undefined) await revokeLease(tx, bot.id)
  const runNo = isKept ? last.run_no : (last?.run_no ?? 0) + 1
  const started = { config_version: bot.version, run_no: runNo, desired_state: 'running' as const }
  await tx
    .insertInto('bot_lease')
    .values({ tenant_id: scope.tenantId, bot_id: bot.id, ...started })
    .onConflict((conflict) => conflict.column('bot_id').doUpdateSet(started))
    .execute()
  if (isKept) return null
  await tx
    .insertInto('bot_run')
    .values({
      tenant_id: scope.tenantId,
      bot_id: bot.id,
      run_no: runNo,
      strategy_sha256: bot.strategy_sha256,
      config: JSON.stringify(bot.config),
      definition_version: bot.version,
    })
    .execute()
  return null
}
