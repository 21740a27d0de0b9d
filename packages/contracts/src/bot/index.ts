export { BOT_STATES, type BotState } from '@botcriptofy/engine/bot'
export { botJobs, type BotRunPayload, botRunPayload } from './bot.jobs.ts'
export {
  type BotOrigin,
  botOrigin,
  botPage,
  botSummary,
  type BotView,
  botView,
  type ChangeBotBody,
  changeBotBody,
  changeBotHeaders,
  cloneBotBody,
  type CreateBotBody,
  createBotBody,
} from './bot.http.ts'
export {
  botEventPage,
  botEventsQuery,
  type BotEventView,
  botOrderPage,
  botPositionPage,
  botTradePage,
  botTradesQuery,
  type DesiredBotState,
  haltBotBody,
  resetBotBody,
  startBotBody,
  STOP_POLICIES,
  stopBotBody,
  type StopPolicy,
} from './bot-run.http.ts'
