import {
  botEventPage,
  botOrderPage,
  botPositionPage,
  botTradePage,
  botView,
} from '@botcriptofy/contracts/bot'
import { generateCandles } from '@botcriptofy/engine/market'
import { sha256Hex } from '@botcriptofy/store/database'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApi, type TestApi, type TestCaller } from './api.fixture.ts'
import { openBots, type TestBots } from './bots.fixture.ts'

const MARKET = { venue: 'binance', symbol: 'ETH/USDT' }
/** Long whenever it is not, so that it always holds something or is about to. */
const ALWAYS = {
  name: 'always',
  version: 1,
  direction: 'long',
  indicators: {},
  entry: { long: { left: 'close', op: '>', right: 0 } },
  exit: { long: { left: 'close', op: '<', right: 0 } },
  sizing: { kind: 'equityFraction', value: 0.5 },
}
const CANDLES = generateCandles({
  seed: 3,
  bars: 60,
  startMs: Date.UTC(2026, 0, 1),
  timeframeMs: 60_000,
  startPrice: 100,
})

let bots: TestBots
let api: TestApi
let caller: TestCaller
let written = 0
beforeAll(async () => {
  bots = await openBots()
  api = await startTestApi({}, bots.database)
  caller = await api.caller('acme')
  bots.startControls()
  bots.startPool()
})
afterAll(async () => {
  await bots.close({ keepsDatabase: true })
  await api.close()
})

const call = async (method: 'GET' | 'POST', url: string, payload?: object) => {
  const answer = await api.app.inject({
    method,
    url,
    headers: caller.headers,
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, json: answer.json() }
}
const post = async (id: string, verb: string, payload?: object) => {
  const { status, json } = await call('POST', `/v1/bots/${id}/${verb}`, payload)
  return [status, json.state ?? json.code, json.detail]
}
const more = async (bars: number) => {
  await bots.writeBars(MARKET, CANDLES, [written, written + bars])
  written += bars
}
const get = async (id: string, what: string) => {
  const { status, json } = await call('GET', `/v1/bots/${id}/${what}`)
  expect(status, JSON.stringify(json)).toBe(200)
  return json
}

it('obeys its user from start to stop and tells what it did', { timeout: 60_000 }, async () => {
  await more(5)
  const id = await bots.newBot({ strategy: ALWAYS, market: MARKET })
  expect(await post(id, 'pause')).toEqual([
    409,
    'ILLEGAL_TRANSITION',
    'expected start in the state CREATED, was pause',
  ])
  expect(await post(id, 'start')).toEqual([200, 'INITIALIZING', undefined])
  expect((await post(id, 'start'))[1]).toBe('ILLEGAL_TRANSITION')
  await bots.reach(id, 'RUNNING')
  await more(2)
  await bots.tookIn(id, 3)
  const [position] = botPositionPage.parse(await get(id, 'positions')).items
  expect(position).toMatchObject({ symbol: 'ETH/USDT', side: 'long', entryTimeMs: CANDLES.time[6] })

  expect((await post(id, 'pause'))[1]).toBe('PAUSED')
  expect((await post(id, 'resume'))[1]).toBe('RUNNING')
  expect((await post(id, 'halt', { reason: 'a test' }))[1]).toBe('HALTED')
  expect(await post(id, 'resume')).toEqual([
    409,
    'ILLEGAL_TRANSITION',
    'expected stop, reset in the state HALTED, was resume',
  ])
  expect((await post(id, 'reset', {}))[1]).toBe('INVALID_REQUEST')
  expect((await post(id, 'reset', { reason: 'looked at it' }))[1]).toBe('RECONCILING')
  await bots.reach(id, 'RUNNING')

  expect((await post(id, 'stop', { policy: 'flatten' }))[1]).toBe('STOPPING')
  await more(1)
  await bots.reach(id, 'STOPPED')
  expect(await get(id, 'positions')).toEqual({ items: [], nextCursor: null })
  const orders = botOrderPage.parse(await get(id, 'orders')).items
  expect(orders.map(({ seq, leg, status }) => [seq, leg, status])).toEqual([
    [2, 'exit', 'filled'],
    [1, 'entry', 'filled'],
  ])
  expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).size).toBe(2)
  expect(botTradePage.parse(await get(id, 'trades')).items).toHaveLength(1)

  const events = botEventPage.parse(await get(id, 'events?limit=500')).items
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  const states = events.flatMap(({ kind, data }) => (kind === 'state' ? [data['to']] : []))
  expect(states.join(' ')).toBe(
    'INITIALIZING RECONCILING READY RUNNING PAUSED RUNNING HALTED RECONCILING READY RUNNING STOPPING STOPPED',
  )
  const [decision] = botEventPage.parse(await get(id, 'events?kind=decision')).items
  expect(decision?.data).toMatchObject({
    effects: ['enter long'],
    by: [{ left: { text: 'close', value: CANDLES.close[5] }, op: '>', right: { value: 0 }, holds: true }],
  })
  const bot = botView.parse((await call('GET', `/v1/bots/${id}`)).json)
  expect(bot.run).toMatchObject({ runNo: 1, isFlat: true, owner: null, desired: 'stopped', epoch: 1 })
})

it('keeps its position over a stop and goes on with it, or begins anew', { timeout: 60_000 }, async () => {
  const id = await bots.newBot({ strategy: ALWAYS, market: MARKET })
  await bots.start(id)
  await bots.reach(id, 'RUNNING')
  await more(2)
  await bots.tookIn(id, 3)
  await post(id, 'stop', { policy: 'keep' })
  await bots.reach(id, 'STOPPED')
  const [kept] = (await get(id, 'positions')).items
  await more(3)
  await post(id, 'start')
  await bots.reach(id, 'RUNNING')
  await bots.tookIn(id, 6)
  const [held] = (await get(id, 'positions')).items
  expect([held.entryTimeMs, held.quantity]).toEqual([kept.entryTimeMs, kept.quantity])
  await post(id, 'stop', { policy: 'keep' })
  await bots.reach(id, 'STOPPED')
  await post(id, 'start', { account: 'new' })
  await bots.reach(id, 'RUNNING')
  expect(botView.parse((await call('GET', `/v1/bots/${id}`)).json).run).toMatchObject({
    runNo: 2,
    isFlat: true,
  })
  expect(sha256Hex(JSON.stringify(await bots.tradesOf(id)))).toBe(sha256Hex('[]'))
})

it('halts all bots of a tenant by one call, and those of others not', { timeout: 60_000 }, async () => {
  const ids = [0, 1].map(() => bots.newBot({ strategy: ALWAYS, market: MARKET }))
  const [one = '', other = ''] = await Promise.all(ids)
  for (const id of [one, other]) await bots.start(id)
  for (const id of [one, other]) await bots.reach(id, 'RUNNING')
  const stranger = await api.caller('umbrella')
  const kill = (headers: TestCaller['headers'], payload: object) =>
    api.app.inject({ method: 'POST', url: '/v1/kill', headers, payload })
  expect((await kill(stranger.headers, { scope: 'tenant' })).json()).toEqual({ halted: [] })
  expect((await kill(stranger.headers, { scope: 'bot', id: one })).statusCode).toBe(404)
  expect((await kill(caller.headers, { scope: 'all' })).statusCode).toBe(403)
  expect((await kill(caller.headers, { scope: 'tenant', id: one })).statusCode).toBe(400)
  expect((await kill(caller.headers, { scope: 'bot', id: one })).json()).toEqual({ halted: [one] })
  const rest = (await kill(caller.headers, { scope: 'tenant' })).json().halted
  expect([rest.includes(one), rest.includes(other)]).toEqual([false, true])
  expect([await bots.stateOf(one), await bots.stateOf(other)]).toEqual(['HALTED', 'HALTED'])
})

it('faults where nobody can run it, and ends when its user says so', { timeout: 60_000 }, async () => {
  const id = await bots.newBot({ strategy: ALWAYS, market: MARKET })
  await bots.db.updateTable('bot').set({ config: '{}' }).where('id', '=', id).execute()
  await bots.db
    .updateTable('strategy_body')
    .set({ body: JSON.stringify({ name: 'broken' }) })
    .execute()
  await bots.start(id)
  await bots.reach(id, 'FAULTED')
  const [row] = (await bots.journalOf(id, ['state'])).slice(-1)
  expect(row?.data).toMatchObject({ event: 'fault', reason: expect.stringContaining('strategy') })
  expect((await post(id, 'reset', { reason: 'never mind', to: 'STOPPED' }))[1]).toBe('STOPPED')
})
