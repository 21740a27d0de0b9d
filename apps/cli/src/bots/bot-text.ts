import type {
  BotEventView,
  botOrderPage,
  botPage,
  botPositionPage,
  BotView,
} from '@botcriptofy/contracts/bot'
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

const moment = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')

const runText = (run: NonNullable<BotView['run']>): string =>
  [
    `run ${run.runNo} since ${moment(run.startedAtMs)} UTC: ${run.bars} bars`,
    ...(run.equity === null ? [] : [`equity ${run.equity}`]),
    run.owner === null ? 'no owner' : `owner ${run.epoch} is ${run.owner.holder}`,
    ...(run.waitingFor === null ? [] : [`waits for ${run.waitingFor}`]),
  ].join(', ')

const tableOf = (head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string => {
  if (rows.length === 0) return 'none\n'
  const table = new Table({ head: [...head], style: { head: [], border: [] } })
  for (const row of rows) table.push(row.map((cell) => cell ?? '–'))
  return `${table.toString()}\n`
}

export const renderOrders = (orders: z.infer<typeof botOrderPage>['items']): string =>
  tableOf(
    ['run', 'order', 'decided at (UTC)', 'leg', 'side', 'kind', 'reason', 'status', 'filled', 'price'],
    orders.map((order) => [
      order.runNo,
      order.seq,
      moment(order.signalMs),
      order.leg,
      order.side,
      order.kind,
      order.code ?? order.reason,
      order.status,
      order.filledQuantity,
      order.averagePrice,
    ]),
  )

export const renderPositions = (positions: z.infer<typeof botPositionPage>['items']): string =>
  tableOf(
    [
      'symbol',
      'side',
      'quantity',
      'entry',
      'since (UTC)',
      'stop',
      'target',
      'trailing',
      'last',
      'unrealised',
    ],
    positions.map((position) => [
      position.symbol,
      position.side,
      position.quantity,
      position.entryPrice,
      moment(position.entryTimeMs),
      position.stopPrice,
      position.targetPrice,
      position.trailingStopPrice,
      position.lastPrice,
      position.unrealizedPnl,
    ]),
  )

/** One event of a journal as a line. */
export const eventLine = ({ seq, timeMs, kind, data }: BotEventView): string =>
  `${seq} ${moment(timeMs)} ${kind} ${JSON.stringify(data)}\n`

/** One bot as text. */
export const describeBot = (bot: BotView): string =>
  [
    `${bot.id} ${bot.name}: ${bot.state}, ${bot.mode}, version ${bot.version}`,
    `${bot.strategyName} on ${marketText(bot)}`,
    bot.origin === null ? 'defined by hand' : originText(bot.origin),
    ...(bot.run === null ? [] : [runText(bot.run)]),
    '',
  ].join('\n')
