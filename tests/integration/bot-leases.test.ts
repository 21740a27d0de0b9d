import { generateCandles } from '@botcriptofy/engine/market'
import {
  acquireBot,
  BotLeaseLost,
  BotStateMoved,
  clientOrderIdOf,
  commitBot,
  crashOut,
  renewBots,
  replaceOwners,
  restartPauseSeconds,
} from '@botcriptofy/store/bot'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBots, type TestBots } from './bots.fixture.ts'

const STRATEGY = {
  name: 'idle',
  version: 1,
  direction: 'long',
  indicators: {},
  entry: { long: { left: 'close', op: '<', right: 0 } },
  sizing: { kind: 'equityFraction', value: 1 },
}
const MARKET = { venue: 'binance', symbol: 'SOL/USDT' }

let bots: TestBots
beforeAll(async () => {
  bots = await openBots()
})
afterAll(() => bots.close())

const started = async () => {
  const botId = await bots.newBot({ strategy: STRATEGY, market: MARKET })
  await bots.start(botId)
  return { tenantId: bots.tenant.tenantId, botId }
}
const take = (bot: { tenantId: string; botId: string }, incarnation: number, holder = 'a') =>
  acquireBot(bots.db, { ...bot, incarnation }, { holder })
/** Makes time pass for a lease. */
const expire = (botId: string) =>
  bots.db
    .updateTable('bot_lease')
    .set({ expires_at: new Date(0) })
    .where('bot_id', '=', botId)
    .execute()
const note = { kind: 'note', data: { text: 'x' } } as const
const send = (crashLimit = 10) =>
  replaceOwners(bots.db, { limit: 100, rules: { crashLimit, goodAfterMs: 600_000 } })

it('has one owner, the newest, and takes nothing from any other', async () => {
  const bot = await started()
  const [one, other] = await Promise.all([take(bot, 1, 'a'), take(bot, 1, 'b')])
  const first = one ?? other
  expect([one, other].filter((lease) => lease === undefined)).toHaveLength(1)
  if (first === undefined) throw new Error('expected a lease')
  expect(await commitBot(bots.db, first, { state: 'INITIALIZING', journal: [note] })).toBe('INITIALIZING')
  await expect(commitBot(bots.db, first, { state: 'RUNNING', journal: [note] })).rejects.toThrow(
    BotStateMoved,
  )

  await expire(bot.botId)
  expect(await renewBots(bots.db, [first])).toEqual([])
  await expect(commitBot(bots.db, first, { state: 'INITIALIZING', journal: [note] })).rejects.toThrow(
    BotLeaseLost,
  )
  expect(await send()).toEqual({ sent: 1, faulted: [] })
  const second = await take(bot, 2)
  expect(second?.epoch).toBe(first.epoch + 1)
  await expect(commitBot(bots.db, first, { state: 'INITIALIZING', journal: [note] })).rejects.toThrow(
    BotLeaseLost,
  )
  expect(await take(bot, 1)).toBeUndefined()
  expect((await bots.journalOf(bot.botId, ['note'])).map(({ epoch }) => epoch)).toEqual([first.epoch])
})

it('lets no owner in while one is writing, and renewals wait for nobody', async () => {
  const bot = await started()
  const first = await take(bot, 1)
  if (first === undefined) throw new Error('expected a lease')
  const order: string[] = []
  let next: Promise<unknown> | undefined
  await commitBot(bots.db, first, {
    state: 'INITIALIZING',
    journal: [note],
    also: async () => {
      expect(await renewBots(bots.db, [first])).toHaveLength(1)
      await expire(bot.botId)
      await bots.db.updateTable('bot_lease').set({ incarnation: 2 }).where('bot_id', '=', bot.botId).execute()
      next = take(bot, 2).then(() => order.push('taken'))
      // It waits for this transaction; whoever asks meanwhile sees that.
      await expect
        .poll(async () => {
          const waiting = await bots.database.pool.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
          return waiting.rowCount
        })
        .toBe(1)
      order.push('written')
    },
  })
  await next
  expect(order).toEqual(['written', 'taken'])
})

it('gets the next owner at once, then after ever longer pauses, and at last none', async () => {
  const bot = await started()
  for (let incarnation = 1; incarnation <= 2; incarnation++) {
    expect(await take(bot, incarnation)).toBeDefined()
    await expire(bot.botId)
    expect(await send(3)).toMatchObject({ sent: incarnation === 1 ? 1 : 0 })
    const { crashes, restart_at: restartAt } = await bots.runOf(bot.botId)
    expect([crashes, restartAt.getTime() > Date.now()]).toEqual([incarnation, incarnation > 1])
    await bots.db
      .updateTable('bot_lease')
      .set({ restart_at: new Date(0) })
      .where('bot_id', '=', bot.botId)
      .execute()
  }
  expect(await send(3)).toMatchObject({ sent: 1 })
  expect(await send(3)).toMatchObject({ sent: 0 })
  const third = await take(bot, 3)
  if (third === undefined) throw new Error('expected a lease')
  await crashOut(bots.db, third)
  await bots.db
    .updateTable('bot_lease')
    .set({ restart_at: new Date(0) })
    .where('bot_id', '=', bot.botId)
    .execute()
  expect(await send(2)).toEqual({ sent: 0, faulted: [bot.botId] })
  expect(await bots.stateOf(bot.botId)).toBe('FAULTED')
  expect([0, 1, 2, 3, 4, 20].map(restartPauseSeconds)).toEqual([0, 0, 1, 2, 4, 60])
})

it('names an order by bot, run and number alone', () => {
  const id = clientOrderIdOf('b', 1, 2)
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(clientOrderIdOf('b', 1, 2)).toBe(id)
  expect(
    new Set([id, clientOrderIdOf('b', 1, 3), clientOrderIdOf('b', 2, 2), clientOrderIdOf('c', 1, 2)]).size,
  ).toBe(4)
})

it(
  'stands back when its lease is taken, and the next owner goes on where it was',
  { timeout: 60_000 },
  async () => {
    const candles = generateCandles({ seed: 1, bars: 30, startMs: 0, timeframeMs: 60_000, startPrice: 100 })
    await bots.writeBars(MARKET, candles, [1, 10])
    bots.startControls()
    bots.startPool({ leaseTtlMs: 2000 })
    const bot = await started()
    await bots.reach(bot.botId, 'RUNNING')
    const before = await bots.runOf(bot.botId)
    await bots.db
      .updateTable('bot_lease')
      .set({ epoch: 50, holder: null, expires_at: null })
      .where('bot_id', '=', bot.botId)
      .execute()
    await bots.writeBars(MARKET, candles, [10, 20])
    await bots.tookIn(bot.botId, before.bars + 10)
    const after = await bots.runOf(bot.botId)
    expect([after.epoch, after.incarnation]).toEqual([51, 2])
    const bars = await bots.journalOf(bot.botId, ['candle'])
    expect(bars.map(({ data }) => (data as { index: number }).index)).toEqual(bars.map((_, at) => at))
  },
)
