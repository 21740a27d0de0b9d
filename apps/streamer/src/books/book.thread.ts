import { parentPort, workerData } from 'node:worker_threads'
import type { Pacer } from '@botcriptofy/runtime/connection'
import { createLog } from '@botcriptofy/runtime/log'
import type { MarketNames } from '@botcriptofy/venues/frame'
import { z } from 'zod'
import { createGet } from '@botcriptofy/runtime/rest'
import { VENUE_NAMES, VENUES } from '@botcriptofy/venues/catalog'
import { createBookFeed } from './book-feed.ts'
import { createFrameRecorder } from '../recording/frame-recorder.ts'
import { BookMail } from './book-mail.ts'
import type { BookThreadSettings, FromBookThread, NamedMarket, ToBookThread } from './book-messages.ts'

const settingsSchema = z.object({
  venue: z.enum(VENUE_NAMES),
  webSocketUrl: z.string(),
  restUrl: z.string(),
  levels: z.int(),
  logLevel: z.string(),
  recordDirectory: z.string().optional(),
}) satisfies z.ZodType<BookThreadSettings>

/** The order books of a venue, in a thread of their own. */
const run = (settings: BookThreadSettings, port: NonNullable<typeof parentPort>): void => {
  const { venue: name, webSocketUrl, restUrl, levels } = settings
  const { protocol, openRest } = VENUES[name]
  const log = createLog({ name: 'streamer', level: settings.logLevel })
  const stopping = new AbortController()
  const { fetchBook } = openRest(createGet(restUrl, stopping.signal))
  const names = createNames()
  const post = (message: FromBookThread) => port.postMessage(message)
  const dials = createAskedDials(() => post({ kind: 'dial' }))
  const mail = new BookMail({ post, isUp: () => feed.isUp() })
  const { recordDirectory: directory } = settings
  const recorder =
    directory === undefined ? undefined : createFrameRecorder({ directory, metrics: mail.metrics, log })
  const feed = createBookFeed({
    protocol,
    webSocketUrl,
    names,
    dials,
    random: Math.random,
    metrics: mail.metrics,
    recorder,
    log,
    levels,
    fetchBook,
    publish: (market, event) => mail.add(market, event),
  })
  const close = async () => {
    stopping.abort()
    await feed.close()
    mail.close()
    port.close()
  }
  port.on('message', (message: ToBookThread) => {
    switch (message.kind) {
      case 'follow':
        names.add(message.markets)
        feed.follow(message.markets.map(({ market }) => market))
        return mail.schedule()
      case 'unfollow':
        feed.unfollow(message.markets)
        return mail.schedule()
      case 'taken':
        return mail.taken()
      case 'turn':
        return dials.turn()
      case 'close':
        return void close()
    }
  })
}

/** Dials for which the main thread is asked, which knows those of everybody. */
const createAskedDials = (ask: () => void): Pacer & { readonly turn: () => void } => {
  let waiting: (() => void)[] = []
  return {
    schedule: (action) => {
      waiting.push(action)
      ask()
    },
    turn: () => waiting.shift()?.(),
    clear: () => void (waiting = []),
  }
}

/** The names of the markets that were asked for. */
const createNames = (): MarketNames & { readonly add: (markets: readonly NamedMarket[]) => void } => {
  const symbols = new Map<string, string>()
  const natives = new Map<string, string>()
  return {
    toSymbol: (native) => symbols.get(native),
    toNative: (symbol) => natives.get(symbol),
    add: (markets) => {
      for (const { market, native } of markets) {
        symbols.set(native, market.symbol)
        natives.set(market.symbol, native)
      }
    },
  }
}

if (parentPort !== null) run(settingsSchema.parse(workerData), parentPort)
