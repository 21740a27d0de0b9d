import type {
  AckRecord,
  CandleRecord,
  ErrorRecord,
  StatusRecord,
  StreamRecord,
  TradeRecord,
} from '@botcriptofy/contracts/stream'
import { decimal, field, flag, isObject, text, UnreadableFrame, wholeNumber } from './json.ts'
import { binanceProfile } from './profile.ts'
import type { SymbolMap } from './symbols.ts'

const { venue } = binanceProfile

/**
 * Normalises one text frame of the market streams, raw (`/ws`) or combined (`/stream`). Never throws: a frame that
 * cannot be understood becomes an error record with the reason.
 */
export const decodeFrame = (frame: string, symbols: SymbolMap): StreamRecord => {
  try {
    return decodeMessage(JSON.parse(frame), symbols)
  } catch (error) {
    if (error instanceof UnreadableFrame) return errorRecord(error.message)
    if (error instanceof SyntaxError) return errorRecord(`not JSON: ${frame.slice(0, 100)}`)
    throw error
  }
}

const decodeMessage = (message: unknown, symbols: SymbolMap): StreamRecord => {
  if (!isObject(message)) throw new UnreadableFrame(`expected an object, was ${JSON.stringify(message)}`)
  const isCombined = typeof message['stream'] === 'string' && 'data' in message
  const event = isCombined ? message['data'] : message
  if (message['stream'] === '!serverShutdown') return decodeShutdown(event)
  switch (field(event, 'e')) {
    case 'trade':
      return decodeTrade(event, symbols)
    case 'kline':
      return decodeKline(event, symbols)
    case 'serverShutdown':
      return decodeShutdown(event)
    case undefined:
      return decodeAnswer(event)
    default:
      throw new UnreadableFrame(`e: expected trade, kline or serverShutdown, was ${text(event, 'e')}`)
  }
}

const decodeTrade = (event: unknown, symbols: SymbolMap): TradeRecord => ({
  type: 'trade',
  venue,
  symbol: symbolOf(event, symbols),
  exchangeTimeMs: wholeNumber(event, 'T'),
  tradeId: String(wholeNumber(event, 't')),
  price: decimal(event, 'p'),
  amount: decimal(event, 'q'),
  // `m` says that the buyer was the maker, so the taker sold.
  side: flag(event, 'm') ? 'sell' : 'buy',
})

const decodeKline = (event: unknown, symbols: SymbolMap): CandleRecord => {
  const kline = field(event, 'k')
  return {
    type: 'candle',
    venue,
    symbol: symbolOf(event, symbols),
    exchangeTimeMs: wholeNumber(event, 'E'),
    timeframe: text(kline, 'i'),
    openTimeMs: wholeNumber(kline, 't'),
    open: decimal(kline, 'o'),
    high: decimal(kline, 'h'),
    low: decimal(kline, 'l'),
    close: decimal(kline, 'c'),
    volume: decimal(kline, 'v'),
    closed: flag(kline, 'x'),
  }
}

const decodeShutdown = (event: unknown): StatusRecord => {
  const exchangeTimeMs = field(event, 'E') === undefined ? null : wholeNumber(event, 'E')
  return { type: 'status', venue, status: 'shutting_down', exchangeTimeMs }
}

const decodeAnswer = (event: unknown): AckRecord | ErrorRecord => {
  const requestId = requestIdOf(event)
  const refusal = isObject(field(event, 'error')) ? field(event, 'error') : event
  const reason = field(refusal, 'msg')
  if (typeof reason === 'string') {
    const code = field(refusal, 'code')
    return { type: 'error', venue, reason, code: isWhole(code) ? code : null, requestId }
  }
  const result = field(event, 'result')
  if (requestId === null || result === undefined) {
    const keys = isObject(event) ? Object.keys(event).join(' ') : JSON.stringify(event)
    throw new UnreadableFrame(`expected an event or an answer, was a message with ${keys}`)
  }
  const streams = Array.isArray(result) ? result.filter((item) => typeof item === 'string') : null
  return { type: 'ack', venue, requestId, streams }
}

const requestIdOf = (event: unknown): string | number | null => {
  const id = field(event, 'id')
  return typeof id === 'string' || isWhole(id) ? id : null
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)

const symbolOf = (event: unknown, symbols: SymbolMap): string => {
  const native = text(event, 's')
  const symbol = symbols.toSymbol(native)
  if (symbol === undefined) throw new UnreadableFrame(`s: expected a listed market, was ${native}`)
  return symbol
}

const errorRecord = (reason: string): ErrorRecord => ({
  type: 'error',
  venue,
  reason,
  code: null,
  requestId: null,
})
