// Trades of twenty markets from a socket to Redis: what the streamer takes of a core, against the least that could be
// taken and against ccxt's client, and how long a trade is on its way at a steady rate.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'
import {
  decodeTrades,
  gapTapeKey,
  lastValueKey,
  marketId,
  TAPE_FIELD,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { createRedis } from '@botcriptofy/runtime/redis'
import { readLastValue } from '@botcriptofy/runtime/stream'
import { startApp } from '@botcriptofy/testkit/process'
import { testRedisUrl } from '@botcriptofy/testkit/services'
import { interleave, median, medianRatio, printReport } from './bench-output.ts'
import { residentMb } from './cluster-watch.ts'
import { cpuMsOf } from './cpu-time.ts'
import { NATIVES, type SourceOrder, SYMBOLS } from './streamer-markets.ts'

const ROUNDS = 7
const TRADES = 200_000
/** ccxt needs many times as long. */
const CCXT_TRADES = 20_000
const STEADY_PER_SECOND = 20_000

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, json: { type: 'boolean' } },
})
const steadySeconds = Number(values.seconds)

const markets = SYMBOLS.map((symbol) => ({ venue: 'binance', symbol }))
const redisUrl = await testRedisUrl()
const redis = createRedis(redisUrl, 'command')
const children: ChildProcess[] = []

const start = (script: string): ChildProcess => {
  const child = fork(new URL(script, import.meta.url))
  children.push(child)
  child.on('exit', (code) => {
    if (code !== 0) throw new Error(`${script}: expected it to go on, was ended with ${code}`)
  })
  return child
}

const ask = async <Answer>(child: ChildProcess, question: object): Promise<Answer> => {
  child.send(question)
  const [answer] = await once(child, 'message')
  return answer as Answer
}

const startSource = async () => {
  const child = start('./streamer-source.ts')
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  return {
    restUrl: `http://127.0.0.1:${port}`,
    webSocketUrl: `ws://127.0.0.1:${port}`,
    send: (order: SourceOrder) => ask<{ readonly sent: number }>(child, order),
  }
}

/** A process that takes a source's trades. */
interface Arm {
  readonly pid: number
  /** Trades that it is done with, from its start on. */
  readonly done: () => Promise<number>
}

const childArm = async (script: string, settings: object): Promise<Arm> => {
  const child = start(script)
  await ask(child, settings)
  return {
    pid: child.pid!,
    done: async () => (await ask<{ readonly received: number }>(child, {})).received,
  }
}

const source = { product: await startSource(), floor: await startSource(), ccxt: await startSource() }
// The source counts from one: what an earlier run has left would be another market's past.
for (const market of markets) {
  const keys = [tradeTapeKey, gapTapeKey, lastValueKey].map((key) => key(market))
  await redis.unlink(...keys)
}
const app = startApp({
  app: 'streamer',
  env: {
    REDIS_URL: redisUrl,
    STREAM_SYMBOLS: markets.map(marketId).join(),
    BINANCE_REST_URL: source.product.restUrl,
    BINANCE_WS_URL: source.product.webSocketUrl,
  },
})
await app.waitForOutput(/"subscribed"/)
const lastIds = () =>
  Promise.all(markets.map(async (market) => Number((await readLastValue(redis, market))?.tradeId ?? 0)))
const arms: Readonly<Record<keyof typeof source, Arm>> = {
  product: { pid: app.pid, done: async () => (await lastIds()).reduce((sum, id) => sum + id, 0) },
  floor: await childArm('./streamer-floor.ts', { ...source.floor, redisUrl }),
  ccxt: await childArm('./streamer-ccxt.ts', { ...source.ccxt }),
}

/** CPU milliseconds of one arm for so many trades. */
const cpuFor = async (name: keyof typeof source, count: number): Promise<number> => {
  const arm = arms[name]
  const beforeMs = await cpuMsOf(arm.pid)
  const { sent } = await source[name].send({ count })
  while ((await arm.done()) < sent) await delay(20)
  return (await cpuMsOf(arm.pid)) - beforeMs
}

const usPerTrade = (name: keyof typeof source, count: number) => async () =>
  ((await cpuFor(name, count)) * 1000) / count

/** Reads the tape as a bot would, from now on; milliseconds from the venue to here, of every trade. */
const consume = async (keys: readonly string[], isDone: () => boolean): Promise<readonly number[]> => {
  const reader = createRedis(redisUrl, 'blocking')
  const latenciesMs: number[] = []
  const cursors = await Promise.all(
    keys.map(async (key) => (await redis.xrevrange(key, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0'),
  )
  while (!isDone()) {
    const streams = (await reader.xread('COUNT', 1000, 'BLOCK', 100, 'STREAMS', ...keys, ...cursors)) ?? []
    const nowMs = Date.now()
    for (const [key, entries] of streams) {
      const at = keys.indexOf(key)
      for (const [id, [field, value = '[]']] of entries) {
        if (field !== TAPE_FIELD) continue
        for (const trade of decodeTrades(markets[at]!, value)) latenciesMs.push(nowMs - trade.exchangeTimeMs)
        cursors[at] = id
      }
    }
  }
  reader.disconnect()
  return latenciesMs
}

const TAPES = { product: markets.map(tradeTapeKey), floor: NATIVES.map((native) => `floor:${native}`) }

const steady = async (name: keyof typeof TAPES) => {
  const { pid, done } = arms[name]
  const count = STEADY_PER_SECOND * steadySeconds
  let isSent = false
  const residentsMb: number[] = []
  const watching = setInterval(() => void residentMb(pid).then((mb) => residentsMb.push(mb)), 1000)
  const consuming = consume(TAPES[name], () => isSent)
  const startedMs = performance.now()
  const { sent } = await source[name].send({ count, perSecond: STEADY_PER_SECOND })
  while ((await done()) < sent) await delay(5)
  const seconds = (performance.now() - startedMs) / 1000
  clearInterval(watching)
  isSent = true
  const latenciesMs = Float64Array.from(await consuming).toSorted()
  const quantile = (share: number) => latenciesMs[Math.floor((latenciesMs.length - 1) * share)] ?? Number.NaN
  const half = residentsMb.length >> 1
  return {
    sustainedPerSecond: latenciesMs.length / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    residentMb: median(residentsMb),
    residentGrowthMb: median(residentsMb.slice(half)) - median(residentsMb.slice(0, half)),
  }
}

for (const name of ['floor', 'product'] as const) await cpuFor(name, TRADES)
await cpuFor('ccxt', CCXT_TRADES)
const us = await interleave(ROUNDS, {
  floor: usPerTrade('floor', TRADES),
  product: usPerTrade('product', TRADES),
  ccxt: usPerTrade('ccxt', CCXT_TRADES),
})
const steadyFloor = await steady('floor')
const sustained = await steady('product')
await app.kill('SIGTERM')
for (const child of children) child.disconnect()
redis.disconnect()

printReport({
  name: 'streamer',
  runs: ROUNDS,
  ratios: {
    pipelineVsFloor: medianRatio(us.floor, us.product),
    timesFasterThanCcxt: medianRatio(us.ccxt, us.product),
  },
  figures: {
    markets: markets.length,
    'cpuUsPerTrade.product': median(us.product),
    'cpuUsPerTrade.floor': median(us.floor),
    'cpuUsPerTrade.ccxt': median(us.ccxt),
    tradesPerCpuSecond: 1e6 / median(us.product),
    floorTradesPerCpuSecond: 1e6 / median(us.floor),
    ...sustained,
    'floor.sustainedPerSecond': steadyFloor.sustainedPerSecond,
    'floor.p50Ms': steadyFloor.p50Ms,
    'floor.p99Ms': steadyFloor.p99Ms,
  },
})
