import type { BotMove } from '@botcriptofy/store/bot'
import type { LiveBot } from './live-bot.ts'

/** From READY to where its user wants the bot. */
export const arm = ({ desired }: LiveBot): readonly BotMove[] => {
  if (desired === 'halted') return [{ event: 'kill', reason: 'halted before' }]
  if (desired === 'stopped') return [{ event: 'stop', reason: 'stopped before' }]
  return [
    { event: 'arm' },
    ...(desired === 'paused' ? [{ event: 'pause', reason: 'paused before' } as const] : []),
  ]
}

/**
 * The paper venue is the run's own account, so what can disagree with it are the orders as they are written down: each
 * that works has to be one that the account knows, and the other way round. Then the bot trades; `before` led here.
 */
export const settle = async (bot: LiveBot, before: readonly BotMove[] = []): Promise<void> => {
  const known = bot.run.orders.working.map(({ seq }) => seq)
  const written = await bot.findWorkingOrders()
  const unknown = written.filter((seq) => !known.includes(seq))
  const unwritten = known.filter((seq) => !written.includes(seq))
  const { position } = bot.run.run.account
  const data = { orders: known.length, position: position?.quantity ?? 0, unknown, unwritten }
  const isClean = unknown.length === 0 && unwritten.length === 0
  const found: readonly BotMove[] = isClean
    ? [{ event: 'clean' }, ...arm(bot)]
    : [{ event: 'mismatch', reason: JSON.stringify(data) }]
  await bot.commit({
    journal: [{ kind: 'note', data: { report: 'reconciliation', isClean, ...data } }],
    moves: [...before, ...found],
    isLast: !isClean,
  })
}
