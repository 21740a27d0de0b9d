import {
  bookTapeKey,
  decodeBookEvents,
  decodeTrades,
  gapTapeKey,
  lastBookKey,
  leaseKey,
  MARKET_SHARDS,
  marketId,
  type MarketName,
  marketShard,
  tradeTapeKey,
  warmKey,
} from '@botcriptofy/contracts/stream'
import { holderOf } from '@botcriptofy/runtime/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { expect, test, vi } from 'vitest'
import { openStreamers, simulate, type Streamer } from './streamer.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const { redis, newMarket, startStreamer } = await openStreamers()

const TAKE_OVER_LIMIT_MS = 5000
const SHARDS = Array.from({ length: MARKET_SHARDS }, (_, shard) => shard)

const idsOf = async (market: MarketName): Promise<readonly number[]> =>
  (await redis.xrange(tradeTapeKey(market), '-', '+')).flatMap(([, fields]) =>
    decodeTrades(market, fields[1] ?? '').map(({ tradeId }) => Number(tradeId)),
  )
const lengthOf = (market: MarketName) => redis.xlen(tradeTapeKey(market))
const ownerOf = async (shard: number): Promise<string | undefined> => {
  const token = await redis.get(leaseKey(shard))
  return token === null ? undefined : holderOf(token)
}
const warmOf = (shard: number) => redis.zrange(warmKey(shard), 0, -1)

/** Streamers over one market, by the names that they have among themselves. */
const openFleet = async () => {
  const market = newMarket()
  const shard = marketShard(market)
  const simulator = await simulate(market)
  const fleet = new Map<string, Streamer>()
  const join = async () => {
    const streamer = await startStreamer(market, simulator, {
      STREAM_BOOK_SYMBOLS: marketId(market),
    })
    const [, instance = ''] = await streamer.app.waitForOutput(/"instance":"([^"]+)"/)
    fleet.set(instance, streamer)
    return instance
  }
  /** Every shard has its owner, and another that could take it over. */
  const settled = () =>
    waitFor(
      async () => {
        const names = new Set<string>()
        for (const one of SHARDS) {
          const [owner, warm] = [await ownerOf(one), await warmOf(one)]
          if (owner === undefined || warm.length !== 1 || warm[0] === owner) return false
          for (const name of [owner, ...warm]) names.add(name)
        }
        return names.size === fleet.size
      },
      { describe: 'an owner and a standby of every shard', everyMs: 100 },
    )
  const owner = async (): Promise<{ readonly instance: string; readonly streamer: Streamer }> => {
    const instance = (await ownerOf(shard)) ?? ''
    const streamer = fleet.get(instance)
    if (streamer === undefined) throw new Error(`expected an owner of the fleet, was ${instance}`)
    return { instance, streamer }
  }
  /** How long nothing is written from the fault until another goes on. */
  const takeOver = async (fault: (streamer: Streamer) => Promise<unknown> | void): Promise<number> => {
    const before = await owner()
    const startedMs = performance.now()
    await fault(before.streamer)
    const changed = async () => ![undefined, before.instance].includes(await ownerOf(shard))
    await waitFor(changed, { describe: 'another owner', everyMs: 5 })
    const length = await lengthOf(market)
    await waitFor(async () => (await lengthOf(market)) > length, { describe: 'new trades', everyMs: 5 })
    return performance.now() - startedMs
  }
  const write = async (entries: number) => {
    const length = await lengthOf(market)
    await waitFor(async () => (await lengthOf(market)) >= length + entries, { describe: 'more trades' })
  }
  /** The ids follow one upon the other, and nobody says that any is missing. */
  const expectAll = async () => {
    const ids = await idsOf(market)
    expect(ids.length).toBeGreaterThan(500)
    expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) + at))
    expect(await redis.xlen(gapTapeKey(market))).toBe(0)
  }
  /** Books stand only where no gap is open, and the newest owner vouches for one. */
  const expectBooks = async () => {
    const events = (await redis.xrange(bookTapeKey(market), '-', '+')).flatMap(([, fields]) =>
      decodeBookEvents(fields[1] ?? ''),
    )
    let isOpen = true
    for (const { type } of events) {
      expect(isOpen).toBe(type === 'gap_closed')
      isOpen = type === 'gap_open'
    }
    expect(events.at(-1)?.type).toBe('book_snapshot')
    expect(await redis.exists(lastBookKey(market))).toBe(1)
  }
  return { fleet, join, settled, owner, takeOver, write, expectAll, expectBooks }
}

test('loses and doubles no trade when an owner is frozen, another joins, and owners are killed or leave', async () => {
  const { fleet, join, settled, owner, takeOver, write, expectAll, expectBooks } = await openFleet()
  await join()
  await write(5)
  await join()
  await settled()

  const { app } = (await owner()).streamer
  expect(await takeOver(() => void process.kill(app.pid, 'SIGSTOP'))).toBeLessThan(TAKE_OVER_LIMIT_MS)
  await write(5)
  process.kill(app.pid, 'SIGCONT')
  // It learns so by a write, or by a look at its leases.
  await app.waitForOutput(/a write was refused|the lease of a shard was lost/)
  await join()
  await settled()
  await expectAll()

  const killed = await owner()
  expect(await takeOver(({ app: { kill } }) => kill('SIGKILL'))).toBeLessThan(TAKE_OVER_LIMIT_MS)
  fleet.delete(killed.instance)
  await settled()
  await expectAll()

  const left = await owner()
  expect(await takeOver(({ app: { kill } }) => kill('SIGTERM'))).toBeLessThan(TAKE_OVER_LIMIT_MS)
  expect(await left.streamer.app.exited).toEqual({ code: 0, signal: null })
  await write(5)
  await expectAll()
  await expectBooks()
})
