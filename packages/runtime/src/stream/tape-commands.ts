import {
  bookTapeKey,
  candleTapeKey,
  encodeBookEvents,
  encodeCandle,
  encodeTicker,
  encodeTrades,
  EPOCH_FIELD,
  gapTapeKey,
  lastBookKey,
  lastTickerKey,
  lastValueKey,
  leaseKey,
  TAPE_FIELD,
  tickerTapeKey,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { defineScript, type ScriptCall } from '../redis/index.ts'
import type { Lease } from './leases.ts'
import type { TapeBatch } from './tape-batch.ts'

/** The answer of `APPLY` when the lease is another's by now: nothing was written. */
export const FENCED = -1

/**
 * The commands of one shard and one tick, if the lease still holds. They stand one behind the other in ARGV, each with
 * the place of its key in KEYS: `a` appends to a stream, `h` sets fields of a hash, `d` deletes. Answers how many entries
 * were there before.
 */
export const APPLY = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return ${FENCED} end
local refused, at = 0, 2
while ARGV[at] do
  local command, key = ARGV[at], KEYS[tonumber(ARGV[at + 1])]
  if command == 'a' then
    local answer = redis.pcall('XADD', key, 'MAXLEN', '~', ARGV[at + 2], ARGV[at + 3],
      '${TAPE_FIELD}', ARGV[at + 4], '${EPOCH_FIELD}', ARGV[at + 5])
    if type(answer) == 'table' and answer.err then
      if not string.find(answer.err, 'equal or smaller', 1, true) then return answer end
      refused = refused + 1
    end
    at = at + 6
  elseif command == 'h' then
    local count = tonumber(ARGV[at + 2])
    redis.call('HSET', key, unpack(ARGV, at + 3, at + 2 + count))
    at = at + 3 + count
  else
    redis.call('DEL', key)
    at = at + 2
  end
end
return refused`)

/** Everything that one tick brought for the markets of a shard, as one call. */
export const applyCall = (lease: Lease, batches: readonly TapeBatch[]): ScriptCall => {
  const commands = createCommands(lease)
  for (const batch of batches) addBatch(commands, batch)
  return commands.call
}

interface Commands {
  readonly call: ScriptCall
  readonly append: (
    key: string,
    entry: { readonly limit: number; readonly id: string; readonly value: string; readonly epoch: number },
  ) => void
  readonly set: (key: string, fields: readonly (string | number)[]) => void
  readonly remove: (key: string) => void
}

const createCommands = ({ shard, token }: Lease): Commands => {
  const keys = [leaseKey(shard)]
  const args: (string | number)[] = [token]
  // A market has each key once in most ticks, so a key that comes twice is simply named twice.
  const place = (key: string): number => keys.push(key)
  return {
    call: { keys, args },
    append: (key, { limit, id, value, epoch }) => void args.push('a', place(key), limit, id, value, epoch),
    set: (key, fields) => void args.push('h', place(key), fields.length, ...fields),
    remove: (key) => void args.push('d', place(key)),
  }
}

const addBatch = (commands: Commands, batch: TapeBatch): void => {
  const { market, trades, limits, epoch } = batch
  const append = (key: string, limit: number) => (id: string, value: string) =>
    commands.append(key, { limit, id, value, epoch })
  for (const gap of batch.gaps) append(gapTapeKey(market), limits.gapEntries)('*', JSON.stringify(gap))
  const last = trades.at(-1)
  if (last) {
    append(tradeTapeKey(market), limits.tradeEntries)(`${last.tradeId}-0`, encodeTrades(trades))
    const { price, exchangeTimeMs, tradeId } = last
    const value = { price, exchangeTimeMs, receivedMs: batch.receivedMs, tradeId, epoch }
    commands.set(lastValueKey(market), Object.entries(value).flat())
  }
  for (const candle of batch.candles) {
    const key = candleTapeKey(market, candle.timeframe)
    append(key, limits.candleEntries)(`${candle.openTimeMs}-0`, encodeCandle(candle))
  }
  if (batch.ticker) {
    const value = encodeTicker(batch.ticker)
    append(tickerTapeKey(market), limits.tickerEntries)('*', value)
    commands.set(lastTickerKey(market), lastOf(batch, value))
  }
  if (batch.books.length > 0) addBooks(commands, batch)
}

/**
 * The ids are Redis's own, also where the venue numbers its updates: gaps stand between the books and have no number, and
 * a book that is written twice is the same book.
 */
const addBooks = (commands: Commands, batch: TapeBatch): void => {
  const { market, books, limits, epoch } = batch
  const value = encodeBookEvents(books)
  commands.append(bookTapeKey(market), { limit: limits.bookEntries, id: '*', value, epoch })
  const newest = books.at(-1)
  if (newest?.type === 'book_snapshot') {
    commands.set(lastBookKey(market), lastOf(batch, encodeBookEvents([newest])))
  } else if (newest?.type === 'gap_open') commands.remove(lastBookKey(market))
}

const lastOf = ({ receivedMs, epoch }: TapeBatch, value: string) => [
  TAPE_FIELD,
  value,
  'receivedMs',
  receivedMs,
  'epoch',
  epoch,
]
