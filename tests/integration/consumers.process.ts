// A process with many consumers of the tape, as one with bots has. Told `count`, it says what they were given.
import type { MarketName } from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createRedis } from '@botcriptofy/runtime/redis'
import { openTapeReader } from '@botcriptofy/runtime/stream'

export interface ConsumerSettings {
  readonly redisUrl: string
  readonly markets: readonly MarketName[]
  readonly consumers: number
}

export interface ConsumerReport {
  /** Of the consumer that was given least. */
  readonly leastTrades: number
  /** Trades that did not follow the one before them, holes and lags, over all consumers. */
  readonly faults: number
}

process.once('disconnect', () => process.exit())
const [text = ''] = process.argv.slice(2)
const settings: ConsumerSettings = JSON.parse(text)
const redis = createRedis(settings.redisUrl, 'command')
const reader = openTapeReader({ redis, log: createLog({ name: 'test', level: 'silent' }) })

let faults = 0
const trades = Array.from({ length: settings.consumers }, () => 0)
for (const consumer of trades.keys()) {
  let last: number | undefined
  const market = settings.markets[consumer % settings.markets.length]!
  reader.subscribe({ market, channels: ['trade'] }, (event) => {
    if (event.type === 'start') last = undefined
    if (event.type === 'missing' || event.type === 'lag') faults += 1
    if (event.type !== 'trade') return
    const id = Number(event.tradeId)
    if (last !== undefined && id !== last + 1) faults += 1
    last = id
    trades[consumer]! += 1
  })
}
process.on('message', () => {
  const report: ConsumerReport = { leastTrades: Math.min(...trades), faults }
  process.send?.(report)
})
