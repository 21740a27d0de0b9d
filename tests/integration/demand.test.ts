import { demandKey, type MarketName, marketShard, type Want } from '@botcriptofy/contracts/stream'
import { createRedis } from '@botcriptofy/runtime/redis'
import { readDemand, readRefusal, refuse, release, want } from '@botcriptofy/runtime/stream'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeEach, expect, test } from 'vitest'

const redis = createRedis(await ownRedisUrl(), 'command')
beforeEach(() => redis.flushdb())
afterAll(() => redis.disconnect())

const market = (symbol: string): MarketName => ({ venue: 'binance', symbol })
const trades = (symbol: string): Want => ({ channel: 'market', market: market(symbol) })
const book = (symbol: string): Want => ({ channel: 'book', market: market(symbol) })
/** Of other shards than one another. */
const [BITCOIN, ETHER] = ['BTC/USDT', 'ETH/USDT']
const counts = async () =>
  Object.fromEntries(
    (await readDemand(redis)).map(({ channel, market: { symbol }, subscribers }) => [
      `${channel} ${symbol}`,
      subscribers,
    ]),
  )

test('counts the subscribers of every channel of every market, each once', async () => {
  await want(redis, 'bot 1', { wants: [trades(BITCOIN), book(BITCOIN), trades(ETHER)] })
  await want(redis, 'bot 2', { wants: [trades(BITCOIN)] })
  await want(redis, 'bot 2', { wants: [trades(BITCOIN)] })
  expect(await counts()).toEqual({ 'market BTC/USDT': 2, 'book BTC/USDT': 1, 'market ETH/USDT': 1 })
  expect(await readDemand(redis, [marketShard(market(ETHER))])).toEqual([
    { ...trades(ETHER), subscribers: 1 },
  ])

  await release(redis, 'bot 1', [trades(BITCOIN), book(BITCOIN)])
  expect(await counts()).toEqual({ 'market BTC/USDT': 1, 'market ETH/USDT': 1 })
})

test('forgets a subscriber that has died, and nobody else', async () => {
  await want(redis, 'dead', { wants: [trades(BITCOIN), trades(ETHER)], ttlMs: 50 })
  await want(redis, 'alive', { wants: [trades(BITCOIN)] })
  await waitFor(async () => Object.keys(await counts()).length === 1, {
    describe: 'the dead to be forgotten',
  })
  expect(await counts()).toEqual({ 'market BTC/USDT': 1 })
  // Also where nobody looks, nothing is left for ever.
  expect(await redis.pttl(demandKey(marketShard(market(BITCOIN))))).toBeGreaterThan(20_000)
  expect(await redis.exists(demandKey(marketShard(market(ETHER))))).toBe(0)
})

test('works again after Redis has forgotten its scripts', async () => {
  await want(redis, 'bot', { wants: [trades(BITCOIN)] })
  await redis.script('FLUSH')
  await want(redis, 'bot', { wants: [trades(ETHER)] })
  expect(await counts()).toEqual({ 'market BTC/USDT': 1, 'market ETH/USDT': 1 })
})

test('says for a time why a market is not streamed', async () => {
  expect(await readRefusal(redis, market('NO/SUCH'))).toBeUndefined()
  await refuse(redis, market('NO/SUCH'), { reason: 'the venue has no such market' })
  expect(await readRefusal(redis, market('NO/SUCH'))).toBe('the venue has no such market')
})
