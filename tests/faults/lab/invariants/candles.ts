import type { Candles } from '@botcriptofy/engine/market'
import { type CandleRow, digestCandles, findDataset, readCandles } from '@botcriptofy/store/candles'
import type { Evidence, Finding, Invariant } from '../evidence.ts'
import type { AskedImports } from '../import-load.ts'

const columnOf = (rows: readonly CandleRow[], name: keyof CandleRow) =>
  Float64Array.from(rows, (row) => row[name])
const digestOf = (rows: readonly CandleRow[]): string =>
  digestCandles({
    time: columnOf(rows, 'timestamp'),
    open: columnOf(rows, 'open'),
    high: columnOf(rows, 'high'),
    low: columnOf(rows, 'low'),
    close: columnOf(rows, 'close'),
    volume: columnOf(rows, 'volume'),
  })

const rowAt = ({ time, open, high, low, close, volume }: Candles, bar: number): CandleRow => ({
  timestamp: time[bar] ?? 0,
  open: open[bar] ?? 0,
  high: high[bar] ?? 0,
  low: low[bar] ?? 0,
  close: close[bar] ?? 0,
  volume: volume[bar] ?? 0,
})

/** Digests of the series after all that was confirmed, and, where no answer came, with the last piece besides. */
const allowedDigests = ({ pieces }: AskedImports): readonly string[] => {
  const bars = new Map<number, CandleRow>()
  const digest = () => digestOf([...bars.values()].toSorted((a, b) => a.timestamp - b.timestamp))
  const allowed: string[] = []
  for (const { candles, answer } of pieces) {
    if (answer === undefined) allowed.push(digest())
    for (let bar = 0; bar < candles.time.length; bar++) bars.set(candles.time[bar] ?? 0, rowAt(candles, bar))
  }
  return [...allowed, digest()]
}

const ALL = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 1_000_000 }

const importsWhole: Invariant = {
  name: 'imports-whole',
  holds:
    'A series has the bars of every import that was confirmed and of no half one, and the sha256 of each month is that of its bars.',
  check: async ({ db, imports }: Evidence) => {
    const findings: Finding[] = []
    let checked = 0
    for (const one of imports) {
      const refused = one.pieces.find(({ answer = '201' }) => !answer.startsWith('201'))
      if (refused !== undefined)
        findings.push({ ids: [one.tenantId], detail: `a sound import was answered ${refused.answer}` })
      const series = await db
        .selectFrom('series')
        .select('id')
        .where('tenant_id', '=', one.tenantId)
        .where('symbol', '=', one.symbol)
        .executeTakeFirst()
      const rows = series === undefined ? [] : await readCandles(db, series.id, ALL)
      checked += rows.length
      const stored = digestOf(rows)
      if (!allowedDigests(one).includes(stored))
        findings.push({ ids: [one.tenantId], detail: `${rows.length} bars are not those of the imports` })
      const known = series && (await findDataset(db, { id: series.id, timeframe: '1h' }, {}))
      if (rows.length > 0 && known?.digest !== stored)
        findings.push({ ids: [one.tenantId], detail: 'the months have other digests than their bars' })
    }
    return { checked, findings }
  },
}

export const candleInvariants: readonly Invariant[] = [importsWhole]
