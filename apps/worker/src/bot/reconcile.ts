import type { LiveBot } from './live-bot.ts'

/**
 * The paper venue is the run's own account, so what can disagree with it are the orders as they are written down: each
 * that works has to be one that the account knows, and the other way round.
 */
export const reconcile = async (bot: LiveBot): Promise<void> => {
  const known = bot.run.orders.working.map(({ seq }) => seq)
  const written = await bot.findWorkingOrders()
  const unknown = written.filter((seq) => !known.includes(seq))
  const unwritten = known.filter((seq) => !written.includes(seq))
  const { position } = bot.run.run.account
  const data = { orders: known.length, position: position?.quantity ?? 0, unknown, unwritten }
  const isClean = unknown.length === 0 && unwritten.length === 0
  await bot.commit({
    journal: [{ kind: 'note', data: { report: 'reconciliation', isClean, ...data } }],
    move: isClean ? { event: 'clean' } : { event: 'mismatch', reason: JSON.stringify(data) },
    isLast: !isClean,
  })
}
