// The trades of a tick in one field of a Redis stream, written in four ways: what each costs to write and to read, and
// the memory it takes in Redis.
import { isDeepStrictEqual } from 'node:util'
import type { TradeRecord } from '@botcriptofy/contracts/stream'
import { createRedis } from '@botcriptofy/runtime/redis'
import { testRedisUrl } from '@botcriptofy/testkit/services'
import { interleave, median, medianRatio, printReport } from './bench-output.ts'
import { type EncodingName, ENCODINGS } from './tape-encodings.ts'

const ROUNDS = 7
const TRADES = 40_000
/** Trades in an entry: a quiet market, a busy one, a burst. */
const BUNDLES = [1, 8, 64]

const market = { venue: 'binance', symbol: 'BTC/USDT' }
const trades = Array.from({ length: TRADES }, (_, index): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: 1_700_000_000_000 + index * 37,
  tradeId: String(3_262_000_000 + index),
  price: (59_450 + ((index * 7919) % 10_000) / 100).toFixed(2),
  amount: (((index * 104_729) % 100_000) / 100_000 + 0.00001).toFixed(5),
  side: index % 3 === 0 ? 'buy' : 'sell',
}))
const bundlesOf = (size: number): readonly (readonly TradeRecord[])[] =>
  Array.from({ length: Math.ceil(TRADES / size) }, (_, at) => trades.slice(at * size, (at + 1) * size))

const names = Object.keys(ENCODINGS) as EncodingName[]
const redis = createRedis(await testRedisUrl(), 'command')

/** Bytes of Redis for a trade. */
const storedBytes = async (name: EncodingName, bundles: readonly (readonly TradeRecord[])[]) => {
  const key = `{bench}:encoding:${process.pid}`
  const pipeline = redis.pipeline()
  for (const bundle of bundles)
    pipeline.xadd(key, '*', 'd', ENCODINGS[name].write(bundle), 'e', '1700000000000')
  await pipeline.exec()
  const bytes = Number(await redis.memory('USAGE', key, 'SAMPLES', 0))
  await redis.unlink(key)
  return bytes / TRADES
}

const figures: Record<string, number> = {}
const ratios: Record<string, number> = {}
for (const size of BUNDLES) {
  const bundles = bundlesOf(size)
  const arms = names.flatMap((name) => {
    const { write, read } = ENCODINGS[name]
    const fields = bundles.map((bundle) => Buffer.from(write(bundle)))
    if (!isDeepStrictEqual(read(market, fields[0]!), bundles[0]))
      throw new Error(`${name} does not give back`)
    const timed = (run: () => void) => () => {
      const startedMs = performance.now()
      run()
      return ((performance.now() - startedMs) * 1000) / TRADES
    }
    return [
      [`write.${name}`, timed(() => bundles.forEach((bundle) => write(bundle)))],
      [`read.${name}`, timed(() => fields.forEach((field) => read(market, field)))],
    ] as const
  })
  const us = await interleave(ROUNDS, Object.fromEntries(arms))
  const of = (arm: string) => us[arm] ?? []
  for (const name of names) {
    figures[`writeUs.${name}.${size}`] = median(of(`write.${name}`))
    figures[`readUs.${name}.${size}`] = median(of(`read.${name}`))
    figures[`bytes.${name}.${size}`] = await storedBytes(name, bundles)
    if (name === 'text') continue
    ratios[`write.textVs.${name}.${size}`] = medianRatio(of('write.text'), of(`write.${name}`))
    ratios[`read.textVs.${name}.${size}`] = medianRatio(of('read.text'), of(`read.${name}`))
  }
}
redis.disconnect()

printReport({ name: 'tape-encoding', runs: ROUNDS, ratios, figures })
