export {
  type BotRow,
  changeBot,
  deleteBot,
  findBot,
  insertBot,
  listBots,
  lockBot,
  type NewBot,
} from './bot.repository.ts'
export { type BotCommand, commandBot, type CommandOutcome } from './bot-command.repository.ts'
export {
  crashOut,
  RESTART_RULES,
  restartPauseSeconds,
  type RestartRules,
  replaceOwners,
} from './bot-incarnation.repository.ts'
export { handOverBots } from './bot-hand-over.repository.ts'
export { killBots } from './bot-kill.repository.ts'
export { type BotMove, BotStateMoved, readJournal } from './bot-journal.repository.ts'
export {
  acquireBot,
  BOT_LEASE_TTL_MS,
  type BotLease,
  BotLeaseLost,
  type Incarnation,
  newHolder,
  noteWaiting,
  renewBots,
  type RenewedLease,
} from './bot-lease.repository.ts'
export {
  findNewestRun,
  findOwnedRun,
  findWorkingIntents,
  listBotTrades,
  listIntents,
  type NewestRunRow,
  type OwnedRunRow,
  runStateOf,
} from './bot-run.repository.ts'
export { type BotCommit, BotRunMoved, commitBot } from './bot-turn.repository.ts'
export { clientOrderIdOf } from './client-order-id.ts'
