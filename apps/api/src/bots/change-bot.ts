import type { BotOrigin, ChangeBotBody } from '@botcriptofy/contracts/bot'
import { type BotRow, changeBot } from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { HttpProblem } from '../problem.ts'
import { prepareRules } from '../runs/prepare-run.ts'
import { requireVersion } from './bot-version.ts'

interface Change {
  /** Locked by the caller's transaction. */
  readonly bot: BotRow
  readonly body: ChangeBotBody
  readonly ifMatch: string | undefined
  readonly isAtRest: boolean
}

/** The bot's next version; what decides its trades changes only while it does not trade. */
export const applyChange = async (
  tx: Db,
  tenant: TenantScope,
  { bot, body, ifMatch, isAtRest }: Change,
): Promise<void> => {
  requireVersion(ifMatch, bot)
  const { name = bot.name, strategy, config } = body
  if (strategy === undefined && config === undefined) {
    const { strategy_sha256: strategySha256, config: same, origin } = bot
    return changeBot(tx, tenant, { id: bot.id, name, strategySha256, config: same, origin })
  }
  if (!isAtRest) {
    const detail = `expected a bot that does not run, was ${bot.state}; stop it before its strategy or config change`
    throw new HttpProblem('ILLEGAL_TRANSITION', { detail })
  }
  const rules = await prepareRules(tx, tenant, {
    strategy: strategy ?? bot.strategy,
    config: { ...bot.config, ...config },
    series: [bot],
  })
  const strategySha256 = await saveStrategyBody(tx, tenant, rules.strategy)
  const origin = originAfter(bot.origin)
  return changeBot(tx, tenant, { id: bot.id, name, strategySha256, config: rules.config, origin })
}

/** The numbers it was chosen for are those of another definition from now on. */
const originAfter = (origin: BotRow['origin']): BotOrigin | null =>
  origin === null ? null : { ...(origin as BotOrigin), isChanged: true }
