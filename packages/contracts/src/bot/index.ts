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
  DESIRED_BOT_STATES,
  type DesiredBotState,
  STOP_POLICIES,
  type StopPolicy,
} from './bot.http.ts'
