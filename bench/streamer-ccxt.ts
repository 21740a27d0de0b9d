// The same trades through ccxt's own WebSocket client: received and decoded, stored nowhere.
import { once } from 'node:events'
import { pro } from 'ccxt'
import { SYMBOLS } from './streamer-markets.ts'

const [{ restUrl, webSocketUrl }] = (await once(process, 'message')) as [
  { readonly restUrl: string; readonly webSocketUrl: string },
]
const client = new pro.binance({
  newUpdates: true,
  enableRateLimit: false,
  options: { fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
})
const api = `${restUrl}/api/v3`
Object.assign(client.urls, { api: { public: api, private: api, ws: { spot: `${webSocketUrl}/ws` } } })

const watch = async (): Promise<never> => {
  for (;;) await client.watchTradesForSymbols(SYMBOLS)
}
/** A call returns one market's trades, whatever came of the others meanwhile; ids tell what came of all. */
const lastId = (symbol: string): number => Number(client.trades[symbol]?.at(-1)?.id ?? 0)

// Without it the client refuses a URL that is not encrypted.
await client.loadHttpProxyAgent()
await client.loadMarkets()
void watch()
process.on('message', () =>
  process.send?.({ received: SYMBOLS.reduce((sum, symbol) => sum + lastId(symbol), 0) }),
)
process.on('disconnect', () => process.exit())
process.send?.('ready')
