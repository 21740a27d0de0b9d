import {
  market,
  marketId,
  type MarketMessage,
  type MarketName,
  type MarketRequest,
  parseMarketId,
  symbolName,
  TAPE_CHANNELS,
  type TapeChannel,
  venueName,
} from '@botcriptofy/contracts/stream'
import type { Command } from 'commander'
import { z } from 'zod'
import { connect } from '../client/connect.ts'
import { readClientConfig } from '../config.ts'
import { BadInput } from '../failure.ts'
import { printJson } from '../runs/options.ts'
import { followMarkets } from './market-feed.ts'
import { marketLines } from './market-text.ts'
import { type MarketScreen, plainScreen, redrawnScreen } from './market-screen.ts'

interface WatchFlags {
  readonly channels: string
  readonly json?: boolean
}

const marketList = z.object({ items: z.array(market), nextCursor: z.null() })

export const defineMarkets = (markets: Command): void => {
  markets
    .option('--json', 'print the list as one JSON object')
    .action(list)
    .command('watch')
    .description('show the markets live until Ctrl-C; those that are named are followed for as long')
    .argument('[markets...]', 'such as binance:BTC/USDT; without one, all that are followed anyway')
    .option('--channels <list>', `of the named markets, with --json: ${TAPE_CHANNELS.join(', ')}`, 'trade')
    .option('--json', 'print what comes as one JSON object a line')
    // The list has a --json of its own, which commander would give the word to.
    .action((names: readonly string[], _: unknown, command: Command) =>
      watch(names, command.optsWithGlobals<WatchFlags>()),
    )
}

const list = async ({ json }: { readonly json?: boolean }): Promise<void> => {
  const page = await connect().get('/v1/markets', marketList)
  if (json === true) return printJson(page)
  const lines = page.items.length === 0 ? ['no market is followed yet'] : marketLines(page.items)
  process.stdout.write(`${lines.join('\n')}\n`)
}

const watch = async (names: readonly string[], { channels, json = false }: WatchFlags): Promise<void> => {
  const markets = names.map(readMarket)
  const { BOTCRIPTOFY_URL: url, BOTCRIPTOFY_KEY: key } = readClientConfig()
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort())
  const screen = process.stdout.isTTY
    ? redrawnScreen(process.stdout)
    : plainScreen(process.stdout, process.stderr)
  const note = json ? (text: string) => void process.stderr.write(`${text}\n`) : screen.note
  await followMarkets({
    url,
    key,
    request: requestOf(markets, { channels: readChannels(channels), json }),
    onMessage: json ? printMessage : (message) => showMessage(message, { screen, markets }),
    onConnection: (state) =>
      note(state === 'lost' ? 'connection lost; trying again…' : json ? 'connected again' : ''),
    signal: stopping.signal,
  })
}

/** Named markets are subscribed to, so that they are followed; their events are shown with --json only. */
const requestOf = (
  markets: readonly MarketName[],
  { channels, json }: { readonly channels: TapeChannel[]; readonly json: boolean },
): MarketRequest => {
  if (markets.length === 0) return { states: true }
  const subscribe = markets.map((name) => ({ ...name, channels: json ? channels : ['trade' as const] }))
  return json ? { subscribe } : { subscribe, states: true }
}

const printMessage = (message: MarketMessage): void => {
  if (message.type !== 'subscribed') process.stdout.write(`${JSON.stringify(message)}\n`)
}

const showMessage = (
  message: MarketMessage,
  { screen, markets }: { readonly screen: MarketScreen; readonly markets: readonly MarketName[] },
): void => {
  if (message.type === 'interrupted') screen.note(`${marketId(message)}: ${message.reason}`)
  if (message.type === 'resumed') screen.note('')
  if (message.type !== 'states') return
  const ids = new Set(markets.map(marketId))
  screen.show(ids.size === 0 ? message.items : message.items.filter((item) => ids.has(marketId(item))))
}

const readMarket = (text: string): MarketName => {
  const name = parseMarketId(text)
  const isGood =
    name !== undefined && venueName.safeParse(name.venue).success && symbolName.safeParse(name.symbol).success
  if (isGood) return name
  throw new BadInput(`markets: expected a venue and a symbol such as binance:BTC/USDT, was ${text}`)
}

const readChannels = (text: string): TapeChannel[] =>
  text.split(',').map((word) => {
    const channel = TAPE_CHANNELS.find((known) => known === word.trim())
    if (channel !== undefined) return channel
    throw new BadInput(`--channels: expected ${TAPE_CHANNELS.join(', ')}, was ${word}`)
  })
