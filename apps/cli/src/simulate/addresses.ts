/** Every address that ccxt's Binance client knows; one left out would still be asked at the exchange. */
const BINANCE_APIS =
  'public private v1 sapi sapiV2 sapiV3 sapiV4 papi papiV2 eapiPublic eapiPrivate dapiPublic dapiPrivate dapiPrivateV2 dapiData fapiPublic fapiPublicV2 fapiPublicV3 fapiPrivate fapiPrivateV2 fapiPrivateV3 fapiData'.split(
    ' ',
  )

export interface VenueAddresses {
  readonly rest: string
  readonly webSocket: string
  /** Orders, fills and balances. */
  readonly privateWebSocket: string
  /** What the constructor of ccxt's client takes; no request leaves this machine then. */
  readonly ccxt: Readonly<Record<string, unknown>>
}

/** Where the three exchanges are found at a simulator. */
export const addressesOf = (url: string): Readonly<Record<string, VenueAddresses>> => {
  const ws = url.replace('http', 'ws')
  const allAt = (names: readonly string[], address: string) =>
    Object.fromEntries(names.map((name) => [name, address]))
  // The waits between requests are for the exchanges' sake.
  const common = { enableRateLimit: false }
  const streams = `${ws}/ws`
  return {
    binance: {
      rest: `${url}/api/v3`,
      webSocket: `${ws}/ws`,
      privateWebSocket: `${ws}/ws-api/v3`,
      ccxt: {
        ...common,
        options: { fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
        urls: {
          api: {
            ...allAt(BINANCE_APIS, `${url}/api/v3`),
            ws: {
              ...allAt(
                'spot margin future delivery stock option optionMarket optionPrivate papi'.split(' '),
                streams,
              ),
              'ws-api': allAt(['spot', 'future', 'delivery'], `${ws}/ws-api/v3`),
            },
          },
        },
      },
    },
    coinbase: {
      rest: url,
      webSocket: ws,
      privateWebSocket: ws,
      ccxt: { ...common, urls: { api: { rest: url, ws } } },
    },
    kraken: {
      rest: url,
      webSocket: `${ws}/v2`,
      privateWebSocket: `${ws}/v2`,
      ccxt: {
        ...common,
        urls: {
          api: {
            ...allAt(['public', 'private', 'zendesk'], url),
            ws: allAt('public private privateV2 publicV2 beta beta-private'.split(' '), `${ws}/v2`),
          },
        },
      },
    },
  }
}
