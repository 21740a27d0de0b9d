import type { botPage, BotView } from '@botcriptofy/contracts/bot'
import Table from 'cli-table3'
import type { z } from 'zod'
import { describeParams, percent, ratio } from '../sweeps/sweep-table.ts'

type Summary = z.infer<typeof botPage>['items'][number]

const marketText = ({ market: { venue, symbol, timeframe } }: Summary): string =>
  `${venue} ${symbol} ${timeframe}`

export const renderBots = (bots: readonly Summary[]): string => {
  if (bots.length === 0) return 'none yet\n'
  const table = new Table({
    head: ['id', 'state', 'mode', 'name', 'strategy', 'market', 'version', 'changed (UTC)'],
    colAligns: ['left', 'left', 'left', 'left', 'left', 'left', 'right', 'left'],
    style: { head: [], border: [] },
  })
  for (const bot of bots) {
    const changed = new Date(bot.updatedAtMs).toISOString().slice(0, 19).replace('T', ' ')
    table.push([
      bot.id,
      bot.state,
      bot.mode,
      bot.name,
      bot.strategyName,
      marketText(bot),
      bot.version,
      changed,
    ])
  }
  return `${table.toString()}\n`
}

const originText = (origin: NonNullable<BotView['origin']>): string => {
  const changed = origin.isChanged ? '; changed since, so these numbers are not its own any more' : ''
  if (origin.kind === 'bot') return `cloned from bot ${origin.botId}, version ${origin.version}${changed}`
  const { metrics, isSimulated } = origin
  const source =
    origin.kind === 'backtest'
      ? `backtest ${origin.backtestId}`
      : `run ${origin.ordinal} of sweep ${origin.sweepId} (${describeParams(origin.params)})`
  const numbers = `return ${percent(metrics.totalReturn)}, Sharpe ${ratio(metrics.sharpe)}, max. drawdown ${percent(metrics.maxDrawdown)}, ${metrics.trades ?? '–'} trades`
  return `from ${source}: ${numbers}${isSimulated ? ', SIMULATED' : ''}${changed}`
}

/** One bot as text. */
export const describeBot = (bot: BotView): string =>
  [
    `${bot.id} ${bot.name}: ${bot.state}, ${bot.mode}, version ${bot.version}`,
    `${bot.strategyName} on ${marketText(bot)}`,
    bot.origin === null ? 'defined by hand' : originText(bot.origin),
    '',
  ].join('\n')
