import { marketId, type MarketName, parseMarketId } from './keys.ts'

/** What a market is wanted for. `market`: trades, tickers and closed candles; `book`: proven order books. */
export const DEMAND_CHANNELS = ['market', 'book'] as const
export type DemandChannel = (typeof DEMAND_CHANNELS)[number]

/** A wish that is not renewed for so long is forgotten, so that a dead subscriber holds nothing. */
export const DEMAND_TTL_MS = 30_000
/** How often a subscriber renews what it wants. */
export const DEMAND_RENEW_MS = 10_000

export interface Want {
  readonly channel: DemandChannel
  readonly market: MarketName
}

/** `market binance:BTC/USDT`: one wanted thing, whoever wants it. */
export const wantId = ({ channel, market }: Want): string => `${channel} ${marketId(market)}`

/** Member of the demand set of a shard: `market binance:BTC/USDT <subscriber>`; a subscriber may be any text. */
export const demandMember = (want: Want, subscriber: string): string => `${wantId(want)} ${subscriber}`

/** The reverse of `demandMember`, without the subscriber; undefined where the text is none. */
export const parseDemandMember = (member: string): Want | undefined => {
  const [name, id] = member.split(' ', 2)
  const channel = DEMAND_CHANNELS.find((known) => known === name)
  const market = parseMarketId(id ?? '')
  return channel === undefined || market === undefined ? undefined : { channel, market }
}
