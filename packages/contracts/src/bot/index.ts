export { BOT_STATES, type BotState } from '@botcriptofy/engine/bot'
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
