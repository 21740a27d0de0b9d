import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Candles, CSV_HEADER, generateCandles, sliceCandles } from '@botcriptofy/engine/market'
import {
  BadCandles,
  digestCandles,
  findDataset,
  findSeries,
  findSeriesGaps,
  importCandles,
  importCandlesIn,
  type ImportTarget,
  listSeries,
  loadCandles,
  readCandleCsv,
  readCandles,
  resampleSeries,
  type Series,
  SeriesKindMismatch,
  type SeriesKey,
  withCopyTransaction,
} from '@botcriptofy/store/candles'
import { newId } from '@botcriptofy/store/database'
import { findInstrument, listInstruments, upsertInstrument } from '@botcriptofy/store/instrument'
import { scopeOf, type TenantScope } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const database = await testDatabase()
const { db } = database
afterAll(() => database.close())

const scope = scopeOf(newId())
const stranger = scopeOf(newId())
beforeAll(async () => {
  await db
    .insertInto('tenant')
    .values([
      { id: scope.tenantId, name: 'acme' },
      { id: stranger.tenantId, name: 'rival' },
    ])
    .execute()
})

const EVERYTHING = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
const START_MS = Date.UTC(2024, 0, 30)

let symbols = 0
/** A target of its own for each test, so that they do not see each other's bars. */
const target = (changes?: Partial<ImportTarget>): ImportTarget => ({
  owner: scope,
  venue: 'binance',
  symbol: `T${symbols++}/USDT`,
  timeframe: '1h',
  isSimulated: true,
  ...changes,
})

const HOURS = { seed: 3, startMs: START_MS, timeframeMs: 3_600_000, startPrice: 100 }

/** The rows of a series that a test keeps. */
const rowsOf = (
  { time, open, high, low, close, volume }: Candles,
  keep: (row: number) => boolean,
): Candles => {
  const pick = (column: Float64Array) => column.filter((_, row) => keep(row))
  return {
    time: pick(time),
    open: pick(open),
    high: pick(high),
    low: pick(low),
    close: pick(close),
    volume: pick(volume),
  }
}

/** Hourly bars over three months, with gaps. */
const hourly = (bars: number, seed = 7) =>
  generateCandles({
    seed,
    bars,
    startMs: START_MS,
    timeframeMs: 3_600_000,
    startPrice: 40_000,
    outagesPerDay: 2,
  })

const seriesOf = async (key: SeriesKey, as: TenantScope = scope): Promise<Series> => {
  const series = await findSeries(db, as, key)
  if (series === undefined) throw new Error(`expected a series ${key.symbol}, was none`)
  return series
}

const csvOf = (candles: Candles): string[] => [
  CSV_HEADER,
  ...Array.from(candles.time, (time, i) =>
    [time, candles.open[i], candles.high[i], candles.low[i], candles.close[i], candles.volume[i]].join(','),
  ),
]

const readLines = (lines: readonly string[]) => readCandleCsv(Readable.from([lines.join('\n')]))

describe('an import', () => {
  it('stores every bar to the last bit and says what it did', async () => {
    const to = target()
    const candles = hourly(1500)
    const result = await importCandles(database, to, await readLines(csvOf(candles)))
    const missing = (candles.time[1499]! - candles.time[0]!) / 3_600_000 - 1499
    expect(result).toMatchObject({ inserted: 1500, updated: 0, duplicates: 0, missingBars: missing })
    expect(result.gaps).toBeGreaterThan(0)
    expect(result.digest).toBe(digestCandles(candles))
    const loaded = await loadCandles(database, result.seriesId, EVERYTHING)
    expect(loaded).toEqual(candles)
    expect(loaded.time.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  it('gives the same bars and digest however it is split and overlapped', async () => {
    const candles = hourly(1200)
    const digest = digestCandles(candles)
    const cut = fc
      .tuple(fc.nat(1199), fc.nat(1199))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const)
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { maxLength: 5 }), fc.nat(1199), async (cuts, middle) => {
        const to = target()
        const pieces = [...cuts, [middle, 1200] as const, [0, middle + 1] as const]
        const seen = new Set<number>()
        let last = ''
        for (const [from, end] of pieces) {
          const piece = sliceCandles(candles, from, end)
          const added = piece.time.filter((time) => !seen.has(time)).length
          const result = await importCandles(database, to, piece)
          expect(result).toMatchObject({ inserted: added, updated: 0, duplicates: end - from - added })
          for (const time of piece.time) seen.add(time)
          last = result.digest
        }
        expect(last).toBe(digest)
        expect(await loadCandles(database, (await seriesOf(to)).id, EVERYTHING)).toEqual(candles)
      }),
      { seed: 20240130, numRuns: 15 },
    )
  })

  it('replaces bars that differ, counts them and moves the digest', async () => {
    const to = target()
    const candles = hourly(1000)
    const before = await importCandles(database, to, candles)
    const changed = sliceCandles(candles, 100, 900)
    const volume = changed.volume.map((value, i) => (i % 100 === 0 ? value + 1 : value))
    const after = await importCandles(database, to, { ...changed, volume })
    expect(after).toMatchObject({ inserted: 0, updated: 8, duplicates: 792 })
    expect(after.digest).not.toBe(before.digest)
    expect((await importCandles(database, to, changed)).digest).toBe(before.digest)
  })

  it('counts the gaps between its own first and last bar, as they are after it', async () => {
    const to = target()
    const candles = generateCandles({ ...HOURS, bars: 48, outagesPerDay: 0 })
    const first = await importCandles(
      database,
      to,
      rowsOf(candles, (i) => i < 10 || i > 12),
    )
    expect(first).toMatchObject({ gaps: 1, missingBars: 3 })
    const filled = await importCandles(
      database,
      to,
      rowsOf(candles, (i) => i >= 10 && i <= 11),
    )
    expect(filled).toMatchObject({ inserted: 2, gaps: 0, missingBars: 0 })
    const report = await findSeriesGaps(database, await seriesOf(to), EVERYTHING)
    expect(report).toMatchObject({ missing: 1, gaps: [{ fromMs: candles.time[12], toMs: candles.time[13] }] })
  })

  it('stores nothing when line 1234 is broken', async () => {
    const to = target()
    const lines = csvOf(hourly(1500))
    lines[1233] = lines[1233]!.replace(/,[^,]+$/, ',NaN')
    const reading = readLines(lines).then((candles) => importCandles(database, to, candles))
    await expect(reading).rejects.toThrow(/^line 1234: expected volume .*, was "NaN"$/)
    expect(await findSeries(db, scope, to)).toBeUndefined()
  })

  it('refuses a bar that is none of the timeframe, with its line, and stores nothing', async () => {
    const to = target()
    const time = hourly(20).time.map((ms, i) => (i === 10 ? ms + 60_000 : ms))
    const importing = importCandles(database, to, { ...hourly(20), time })
    await expect(importing).rejects.toThrow(BadCandles)
    await expect(importing).rejects.toThrow(/^line 12: expected the open of a 1h bar/)
    const microseconds = hourly(20).time.map((ms) => ms * 1000)
    await expect(importCandles(database, to, { ...hourly(20), time: microseconds })).rejects.toThrow(
      /^line 2: expected timestamp in epoch milliseconds, before the year 2100, was 1706572800000000$/,
    )
    await expect(importCandles(database, { ...to, timeframe: '1x' }, hourly(20))).rejects.toThrow(
      /^timeframe: expected a timeframe such as/,
    )
    expect(await findSeries(db, scope, to)).toBeUndefined()
  })

  it('refuses bars of a longer timeframe, alone and over shorter ones, and takes those that fill holes', async () => {
    const to = target()
    const hours = generateCandles({ ...HOURS, bars: 240, outagesPerDay: 0 })
    const isMidnight = (i: number) => i % 24 === 0
    const midnights = rowsOf(hours, isMidnight)
    const refusal =
      /^timeframe: expected that of the candles \(they open 1d, or a multiple of it, apart\), was 1h$/
    await expect(importCandles(database, to, midnights)).rejects.toThrow(refusal)
    expect(await findSeries(db, scope, to)).toBeUndefined()
    await importCandles(
      database,
      to,
      rowsOf(hours, (i) => !isMidnight(i)),
    )
    expect(await importCandles(database, to, midnights)).toMatchObject({ inserted: 10, gaps: 0 })
    const days = { ...midnights, volume: midnights.volume.map((volume) => 24 * volume + 1) }
    await expect(importCandles(database, to, days)).rejects.toThrow(refusal)
    expect(await findDataset(db, await seriesOf(to), {})).toMatchObject({ digest: digestCandles(hours) })
  })

  it('refuses to mix simulated bars with real ones', async () => {
    const to = target({ isSimulated: false })
    const { digest } = await importCandles(database, to, hourly(20))
    await expect(importCandles(database, { ...to, isSimulated: true }, hourly(30))).rejects.toThrow(
      SeriesKindMismatch,
    )
    expect(await findDataset(db, await seriesOf(to), {})).toMatchObject({ digest, bars: 20 })
  })

  it('is undone with the transaction it is part of, new partitions included', async () => {
    const to = target()
    const distant = generateCandles({
      seed: 1,
      bars: 10,
      startMs: Date.UTC(1999, 5, 1),
      timeframeMs: 3_600_000,
      startPrice: 100,
    })
    const failing = withCopyTransaction(database, async (copy) => {
      await importCandlesIn(copy, to, distant)
      throw new Error('the answer could not be stored')
    })
    await expect(failing).rejects.toThrow('the answer could not be stored')
    expect(await findSeries(db, scope, to)).toBeUndefined()
    expect((await importCandles(database, to, distant)).inserted).toBe(10)
  })

  it('waits for another import of the series and for new partitions, without deadlock or doubled bars', async () => {
    const to = target()
    const candles = generateCandles({
      seed: 5,
      bars: 2000,
      startMs: Date.UTC(2019, 0, 1),
      timeframeMs: 3_600_000,
      startPrice: 100,
    })
    const others = Array.from({ length: 3 }, () => target())
    const results = await Promise.all([
      ...[0, 500, 1000].map((from) => importCandles(database, to, sliceCandles(candles, from, from + 1000))),
      ...others.map((other) => importCandles(database, other, candles)),
    ])
    expect(results.slice(0, 3).reduce((sum, { inserted }) => sum + inserted, 0)).toBe(2000)
    expect(await loadCandles(database, (await seriesOf(to)).id, EVERYTHING)).toEqual(candles)
  })

  it('lets others read and write candles while its transaction is open', async () => {
    const to = target()
    const { seriesId } = await importCandles(database, to, hourly(20))
    const newMonth = generateCandles({
      seed: 1,
      bars: 10,
      startMs: Date.UTC(1998, 5, 1),
      timeframeMs: 3_600_000,
      startPrice: 100,
    })
    await withCopyTransaction(database, async (copy) => {
      await importCandlesIn(copy, target(), newMonth)
      expect((await loadCandles(database, seriesId, EVERYTHING)).time.length).toBe(20)
      expect((await importCandles(database, to, hourly(40))).inserted).toBe(20)
    })
  })
})

describe('a dataset digest', () => {
  it('depends on the bars of the range alone', async () => {
    const candles = hourly(1500)
    const to = target()
    await importCandles(database, to, candles)
    const series = await seriesOf(to)
    const hour = 3_600_000
    for (const [from, end] of [
      [0, 1500],
      [10, 1490],
      [60, 61],
      [100, 700],
    ] as const) {
      const part = sliceCandles(candles, from, end)
      const range = { fromMs: part.time[0]!, toMs: part.time.at(-1)! + hour }
      const found = await findDataset(db, series, range)
      expect(found).toEqual({ ...range, bars: end - from, digest: digestCandles(part) })
      const loaded = await loadCandles(database, series.id, range)
      expect(digestCandles(loaded)).toBe(found?.digest)
    }
  })

  it('closes an open range at the bars that are stored', async () => {
    const candles = hourly(100)
    const to = target()
    await importCandles(database, to, candles)
    const series = await seriesOf(to)
    const found = await findDataset(db, series, {})
    expect(found).toMatchObject({ fromMs: candles.time[0], toMs: candles.time[99]! + 3_600_000, bars: 100 })
    expect(await findDataset(db, series, { fromMs: found!.toMs })).toBeUndefined()
    expect(await findDataset(db, series, { toMs: found!.fromMs })).toBeUndefined()
  })
})

describe('a series', () => {
  it('is the own one first, then the shared one, and never another tenant’s', async () => {
    const own = target()
    await importCandles(database, own, hourly(20))
    expect(await findSeries(db, stranger, own)).toBeUndefined()
    await importCandles(database, { ...own, owner: 'shared' }, hourly(30))
    expect(await seriesOf(own, stranger)).toMatchObject({ isShared: true })
    expect(await seriesOf(own)).toMatchObject({ isShared: false })

    const visible = await listSeries(db, stranger)
    expect(visible.filter(({ symbol }) => symbol === own.symbol)).toMatchObject([
      { isShared: true, bars: 30 },
    ])
    const both = (await listSeries(db, scope)).filter(({ symbol }) => symbol === own.symbol)
    expect(both).toMatchObject([
      { isShared: false, bars: 20, firstMs: START_MS },
      { isShared: true, bars: 30, isSimulated: true },
    ])
  })

  it('is read in pages', async () => {
    const to = target()
    const candles = hourly(25)
    await importCandles(database, to, candles)
    const { id } = await seriesOf(to)
    const seen: number[] = []
    for (let fromMs = 0; ;) {
      const rows = await readCandles(db, id, { ...EVERYTHING, fromMs, limit: 10 })
      if (rows.length === 0) break
      seen.push(...rows.map(({ timestamp }) => timestamp))
      fromMs = rows.at(-1)!.timestamp + 1
    }
    expect(seen).toEqual([...candles.time])
  })
})

describe('an instrument', () => {
  it('is replaced as a whole and listed in order', async () => {
    const bare = {
      venue: 'binance',
      priceTick: 0.01,
      quantityStep: 1e-5,
      minNotional: 5,
      makerFeeRate: 0.001,
      takerFeeRate: 0.001,
    }
    for (const symbol of ['BTC/USDT', 'ETH/USDT']) await upsertInstrument(db, { ...bare, symbol })
    await upsertInstrument(db, { ...bare, symbol: 'BTC/USDT', minNotional: null })
    const btc = { ...bare, symbol: 'BTC/USDT', minNotional: null }
    expect(await findInstrument(db, btc)).toEqual(btc)
    expect(await findInstrument(db, { venue: 'kraken', symbol: 'BTC/USDT' })).toBeUndefined()
    expect(await listInstruments(db, { limit: 10, after: btc })).toEqual([{ ...bare, symbol: 'ETH/USDT' }])
  })
})

const dataDir = process.env['CONFORMANCE_DATA']
describe.skipIf(dataDir === undefined)('the exchange’s own bars', () => {
  const read = async (file: string) => {
    const bytes = createReadStream(join(dataDir ?? '', 'candles', file))
    return readCandleCsv(file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes)
  }

  it.each([
    ['5m', 300_000],
    ['1h', 3_600_000],
  ])('equal the minutes resampled to %s in the store', async (timeframe, barMs) => {
    const to = target({ venue: 'bybit', timeframe: '1m', isSimulated: false })
    await importCandles(database, to, await read('bybit-DOTUSDT-1m.csv.gz'))
    const made = await resampleSeries(database, await seriesOf(to), { owner: scope, timeframe })
    const ours = await loadCandles(database, made.seriesId, EVERYTHING)
    const theirs = await read(`bybit-DOTUSDT-${timeframe}.csv`)
    const from = theirs.time.indexOf(ours.time[0]!)
    const same = sliceCandles(theirs, from, from + ours.time.length)
    expect(ours.time.length).toBeGreaterThan((29 * 86_400_000) / barMs)
    for (const name of ['time', 'open', 'high', 'low', 'close'] as const)
      expect([...ours[name]]).toEqual([...same[name]])
    for (const [i, volume] of same.volume.entries()) {
      expect(Math.abs(ours.volume[i]! - volume)).toBeLessThanOrEqual(1e-12 * Math.max(1, volume))
    }
  })
})
