import type { MarketName, TradeRecord } from '@botcriptofy/contracts/stream'
import { decodeTrades, encodeTrades, tapeEvent } from '@botcriptofy/contracts/stream'
import { z } from 'zod'

/** One way to put the trades of a tick into a field of a Redis stream. `read` refuses what `write` did not make. */
export interface Encoding {
  readonly write: (trades: readonly TradeRecord[]) => string | Buffer
  readonly read: (market: MarketName, field: Buffer) => readonly TradeRecord[]
}

/** What the tape has: `id,ms,price,amount,b|s`, a semicolon between two. */
const text: Encoding = {
  write: encodeTrades,
  read: (market, field) => decodeTrades(market, field.toString()),
}

const decimal = z.string().regex(/^\d+(\.\d+)?$/)
const tradeRows = z.array(z.tuple([z.string().min(1), z.int(), decimal, decimal, z.enum(['b', 's'])])).min(1)
/** The same fields as JSON: `[[id, ms, price, amount, b|s], …]`. */
const rows: Encoding = {
  write: (trades) =>
    JSON.stringify(
      trades.map((one) => [one.tradeId, one.exchangeTimeMs, one.price, one.amount, one.side[0]]),
    ),
  read: (market, field) =>
    tradeRows.parse(JSON.parse(field.toString())).map(([tradeId, exchangeTimeMs, price, amount, side]) => ({
      type: 'trade',
      ...market,
      exchangeTimeMs,
      tradeId,
      price,
      amount,
      side: side === 'b' ? 'buy' : 'sell',
    })),
}

const records = z.array(tapeEvent).min(1)
/** The records as they are, each with its names and its market. */
const objects: Encoding = {
  write: (trades) => JSON.stringify(trades),
  read: (_, field) => records.parse(JSON.parse(field.toString())).filter((record) => record.type === 'trade'),
}

const BYTES = 35
const scaled = (decimal: string): readonly [bigint, number] => {
  const dot = decimal.indexOf('.')
  return dot === -1
    ? [BigInt(decimal), 0]
    : [BigInt(decimal.slice(0, dot) + decimal.slice(dot + 1)), decimal.length - dot - 1]
}
const unscaled = (value: bigint, decimals: number): string => {
  const digits = value.toString().padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
/** 35 bytes a trade: id, time, price and amount with their decimals, side. Ids that are no numbers have no place here. */
const packed: Encoding = {
  write: (trades) => {
    const bytes = Buffer.allocUnsafe(trades.length * BYTES)
    trades.forEach((trade, index) => {
      const at = index * BYTES
      const [price, priceDecimals] = scaled(trade.price)
      const [amount, amountDecimals] = scaled(trade.amount)
      bytes.writeBigUInt64LE(BigInt(trade.tradeId), at)
      bytes.writeDoubleLE(trade.exchangeTimeMs, at + 8)
      bytes.writeBigUInt64LE(price, at + 16)
      bytes.writeUInt8(priceDecimals, at + 24)
      bytes.writeBigUInt64LE(amount, at + 25)
      bytes.writeUInt8(amountDecimals, at + 33)
      bytes.writeUInt8(trade.side === 'buy' ? 1 : 0, at + 34)
    })
    return bytes
  },
  read: (market, field) => {
    if (field.length === 0 || field.length % BYTES !== 0)
      throw new Error(`expected trades, was ${field.length} bytes`)
    return Array.from({ length: field.length / BYTES }, (_, index) => {
      const at = index * BYTES
      return {
        type: 'trade',
        ...market,
        exchangeTimeMs: field.readDoubleLE(at + 8),
        tradeId: field.readBigUInt64LE(at).toString(),
        price: unscaled(field.readBigUInt64LE(at + 16), field.readUInt8(at + 24)),
        amount: unscaled(field.readBigUInt64LE(at + 25), field.readUInt8(at + 33)),
        side: field.readUInt8(at + 34) === 1 ? 'buy' : 'sell',
      }
    })
  },
}

export const ENCODINGS = { text, rows, objects, packed } satisfies Record<string, Encoding>
export type EncodingName = keyof typeof ENCODINGS
