import type { Trade } from '@botcriptofy/engine/backtest'
import { EXIT_REASONS } from '@botcriptofy/engine/positions'
import { packColumns, unpackColumns } from './columns.ts'

type Fill = NonNullable<Trade['fills']>[number]

const INDEXES = ['entryIndex', 'exitIndex'] as const
const FILL_NUMBERS = ['time', 'price', 'quantity', 'fee'] as const satisfies readonly (keyof Fill)[]
const NUMBERS = [
  'entryTime',
  'entryPrice',
  'exitTime',
  'exitPrice',
  'quantity',
  'fees',
  'pnl',
  'returnFraction',
] as const satisfies readonly (keyof Trade)[]

/** The fills of all trades one after another, and how many of them each trade has; no columns where none has any. */
const fillColumns = (trades: readonly Trade[]) => {
  const fills = trades.flatMap((trade) => trade.fills ?? [])
  if (fills.length === 0) return {}
  const numbers = (name: (typeof FILL_NUMBERS)[number]) => Float64Array.from(fills, (fill) => fill[name])
  return {
    fillCount: Int32Array.from(trades, (trade) => trade.fills?.length ?? 0),
    fillLeg: Uint8Array.from(fills, ({ leg }) => (leg === 'entry' ? 0 : 1)),
    fillIndex: Int32Array.from(fills, ({ index }) => index),
    ...Object.fromEntries(FILL_NUMBERS.map((name) => [`fill.${name}`, numbers(name)])),
    fillReason: Int8Array.from(fills, ({ reason }) =>
      reason === undefined ? -1 : EXIT_REASONS.indexOf(reason),
    ),
  }
}

const fundingColumn = (trades: readonly Trade[]) =>
  trades.some(({ funding }) => funding !== undefined)
    ? { funding: Float64Array.from(trades, ({ funding }) => funding ?? 0) }
    : {}

/** Symbols each once, as bytes of a JSON list, and the place of each trade's; no columns outside of portfolios. */
const symbolColumns = (trades: readonly Trade[]) => {
  if (trades.every(({ symbol }) => symbol === undefined)) return {}
  const symbols = [...new Set(trades.map(({ symbol }) => symbol))]
  return {
    symbols: Uint8Array.from(Buffer.from(JSON.stringify(symbols))),
    symbol: Int32Array.from(trades, ({ symbol }) => symbols.indexOf(symbol)),
  }
}

const symbolsOf = (column: ArrayLike<number> | undefined): readonly string[] =>
  column === undefined ? [] : (JSON.parse(Buffer.from(Uint8Array.from(column)).toString()) as string[])

/** The public trade rows as one compressed blob; every number comes back bit by bit. */
export const packTrades = (trades: readonly Trade[]): Buffer =>
  packColumns({
    side: Int8Array.from(trades, ({ side }) => (side === 'long' ? 1 : -1)),
    ...Object.fromEntries(INDEXES.map((name) => [name, Int32Array.from(trades, (trade) => trade[name])])),
    ...Object.fromEntries(NUMBERS.map((name) => [name, Float64Array.from(trades, (trade) => trade[name])])),
    exitReason: Uint8Array.from(trades, ({ exitReason }) => EXIT_REASONS.indexOf(exitReason)),
    gap: Uint8Array.from(trades, ({ gap }) => (gap === true ? 1 : 0)),
    ...symbolColumns(trades),
    ...fundingColumn(trades),
    ...fillColumns(trades),
  })

type ColumnReader = (name: string, row: number) => number

const fillAt = (at: ColumnReader, row: number): Fill => {
  const reason = EXIT_REASONS[at('fillReason', row)]
  return {
    leg: at('fillLeg', row) === 0 ? 'entry' : 'exit',
    index: at('fillIndex', row),
    time: at('fill.time', row),
    price: at('fill.price', row),
    quantity: at('fill.quantity', row),
    fee: at('fill.fee', row),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Reads the fills of one trade after another. */
const fillReader = (at: ColumnReader, hasFills: boolean) => {
  let next = 0
  return (row: number): Pick<Trade, 'fills'> => {
    const from = next
    next += hasFills ? at('fillCount', row) : 0
    return next === from ? {} : { fills: Array.from({ length: next - from }, (_, i) => fillAt(at, from + i)) }
  }
}

/** Keys in the contract's order, which `tradesSha256` depends on. */
export const unpackTrades = (blob: Uint8Array): readonly Trade[] => {
  const columns = unpackColumns(blob)
  const at = (name: string, row: number): number => {
    const value = columns[name]?.[row]
    if (value === undefined) throw new RangeError(`expected column ${name} with row ${row}, was missing`)
    return value
  }
  const symbols = symbolsOf(columns['symbols'])
  const symbolOf = (row: number): Pick<Trade, 'symbol'> => {
    const symbol = symbols[columns['symbol']?.[row] ?? -1]
    return symbol === undefined ? {} : { symbol }
  }
  const fundingOf = (row: number): Pick<Trade, 'funding'> => {
    const funding = columns['funding']?.[row] ?? 0
    return funding === 0 ? {} : { funding }
  }
  const fillsOf = fillReader(at, columns['fillCount'] !== undefined)
  return Array.from({ length: columns['side']?.length ?? 0 }, (_, row) => ({
    side: at('side', row) > 0 ? 'long' : 'short',
    entryIndex: at('entryIndex', row),
    entryTime: at('entryTime', row),
    entryPrice: at('entryPrice', row),
    exitIndex: at('exitIndex', row),
    exitTime: at('exitTime', row),
    exitPrice: at('exitPrice', row),
    quantity: at('quantity', row),
    fees: at('fees', row),
    pnl: at('pnl', row),
    returnFraction: at('returnFraction', row),
    exitReason: EXIT_REASONS[at('exitReason', row)]!,
    ...(at('gap', row) === 1 ? { gap: true } : {}),
    ...symbolOf(row),
    ...fundingOf(row),
    ...fillsOf(row),
  }))
}

export interface EquityColumns {
  /** Open times of the bars, epoch ms. */
  readonly time: Float64Array
  /** Quote units at the close of each bar. */
  readonly equity: Float64Array
}

/** Times are kept as steps, which are nearly all equal and so cost nearly nothing. */
export const packEquity = ({ time, equity }: EquityColumns): Buffer =>
  packColumns({ step: time.map((ms, row) => ms - (time[row - 1] ?? 0)), equity })

export const unpackEquity = (blob: Uint8Array): EquityColumns => {
  const { step, equity } = unpackColumns(blob)
  if (!(step instanceof Float64Array) || !(equity instanceof Float64Array)) {
    throw new TypeError('expected the columns step and equity as float64')
  }
  let ms = 0
  return { time: step.map((delta) => (ms += delta)), equity }
}
