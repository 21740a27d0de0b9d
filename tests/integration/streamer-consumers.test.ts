import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { MarketName } from '@botcriptofy/contracts/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ConsumerReport, ConsumerSettings } from './consumers.process.ts'
import { openStreamers, simulate } from './streamer.fixture.ts'
import { listenIn } from './wire.fixture.ts'

vi.setConfig({ testTimeout: 120_000 })
const { redisUrl, startStreamer } = await openStreamers()

const PROCESSES = 4
const CONSUMERS = 250
const markets = Array.from({ length: 200 }, (_, at): MarketName => ({
  venue: 'binance',
  symbol: `S${String(at + 1).padStart(3, '0')}/USDT`,
}))

const startConsumers = (settings: ConsumerSettings) => {
  const script = fileURLToPath(new URL('consumers.process.ts', import.meta.url))
  const execArgv = ['--conditions=@botcriptofy/source', `--import=${import.meta.resolve('tsx')}`]
  const child = fork(script, [JSON.stringify(settings)], { execArgv, stdio: 'inherit' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return async (): Promise<ConsumerReport> => {
    child.send('count')
    const [report] = await once(child, 'message')
    return report
  }
}

test('a thousand consumers in four processes get two hundred markets over one subscription each', async () => {
  const simulator = await simulate(markets[0]!, { SIMULATOR_SYMBOLS: '200', SIMULATOR_SPEED: '120' })
  const wire = await listenIn(simulator.webSocketUrl)
  await startStreamer(markets[0]!, simulator, { STREAM_SYMBOLS: 'none', BINANCE_WS_URL: wire.url })
  const settings = { redisUrl, consumers: CONSUMERS }
  const processes = Array.from({ length: PROCESSES }, (_, at) =>
    // Each begins with another market, so that all of them want most.
    startConsumers({ ...settings, markets: [...markets.slice(at * 50), ...markets.slice(0, at * 50)] }),
  )
  const reports = () => Promise.all(processes.map((report) => report()))
  await waitFor(async () => (await reports()).every(({ leastTrades }) => leastTrades >= 20), {
    describe: 'twenty trades at each of the thousand',
    limitMs: 90_000,
  })
  expect((await reports()).map(({ faults }) => faults)).toEqual([0, 0, 0, 0])

  // A busy machine may have cost a connection, which another has followed.
  expect(wire.connections()).toBe(1)
  const asked = wire.asked('SUBSCRIBE')
  expect(asked).toHaveLength(markets.length * 3)
  expect(new Set(asked).size).toBe(asked.length)
})
