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
