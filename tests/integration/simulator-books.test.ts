import { pro } from 'ccxt'
import { afterAll, expect, test } from 'vitest'
import { startSimulator } from './simulator.fixture.ts'

const simulator = await startSimulator({ SIMULATOR_SYMBOL: 'ABC/USDT', SIMULATOR_HISTORY_BARS: '100' })
afterAll(async () => void (await simulator.app.kill('SIGTERM')))

const OFFLINE = {
  enableRateLimit: false,
  options: { fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
}
type Client = InstanceType<typeof pro.binance | typeof pro.coinbase | typeof pro.kraken>

/** Every address of the client points at the simulator, so that nothing can leave this machine. */
const atSimulator = (client: Client, { rest = '', ws }: { rest?: string; ws: unknown }): Client => {
  const names = Object.keys(client.urls['api'] ?? {})
  const api = Object.fromEntries(names.map((name) => [name, `${simulator.url}${rest}`]))
  client.urls = { ...client.urls, api: { ...api, ws } }
  return client
}
const at = (path: string) => `${simulator.webSocketUrl}${path}`

test.each<[string, () => Client]>([
  ['binance', () => atSimulator(new pro.binance(OFFLINE), { rest: '/api/v3', ws: { spot: at('/ws') } })],
  ['coinbase', () => atSimulator(new pro.coinbase({ enableRateLimit: false }), { ws: at('') })],
  [
    'kraken',
    () =>
      atSimulator(new pro.kraken({ enableRateLimit: false }), {
        ws: { public: at('/v2'), publicV2: at('/v2') },
      }),
  ],
])('the real ccxt client of %s fetches the order book, and follows it', async (_, open) => {
  const client = open()
  try {
    // Without it the client refuses an address that begins with ws://.
    await client.loadHttpProxyAgent()
    const fetched = await client.fetchOrderBook('ABC/USDT', 20)
    expect([fetched.bids.length, fetched.asks.length]).toEqual([20, 20])
    for (let update = 0; update < 5; update += 1) {
      const { bids, asks } = await client.watchOrderBook('ABC/USDT')
      expect(bids.length).toBeGreaterThanOrEqual(10)
      expect(Number(bids[0]?.[0])).toBeLessThan(Number(asks[0]?.[0]))
    }
  } finally {
    await client.close()
  }
})
