import { describeProblem } from '@botcriptofy/engine/kernel'
import { barOpenAt, parseTimeframe } from '@botcriptofy/engine/market'
import { BadInput, WorkFailed } from '../failure.ts'
import { type CandleRow, type CandleSource, openSource, PAGE_BARS, type SourceOptions } from './exchange.ts'
import { openPart, type PartFile } from './part-file.ts'

export interface DownloadOptions extends SourceOptions {
  readonly fromMs: number
  /** Bars that open before it; now when left out. */
  readonly toMs?: number | undefined
  /** A candle file, compressed when the name ends in .gz; continued when it is there already. */
  readonly out: string
  /** Bars of time covered so far, of those between from and to. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface DownloadResult {
  /** In the file, those of earlier runs included. */
  readonly bars: number
  readonly added: number
}

/**
 * Fetches candles page by page, in the order of time, into a file. Whatever ends it, the pages that came stay, and
 * the same call continues behind them. The bar that has not closed yet is left out.
 */
export const downloadCandles = async (options: DownloadOptions): Promise<DownloadResult> => {
  const parsed = parseTimeframe(options.timeframe, '--timeframe')
  if (!parsed.ok) throw new BadInput(describeProblem(parsed.error))
  const barMs = parsed.value
  const source = await orWorkFailed(() => openSource(options), 'nothing was fetched')
  const part = await openPart(options.out)
  const kept = `what came is kept in ${part.path}, the same command continues`
  const added = await orWorkFailed(() => fetchInto(part, source, { ...options, barMs }), kept)
  if (part.bars + added === 0) {
    throw new WorkFailed(`expected candles of ${options.symbol} at ${options.venue}, was none in that range`)
  }
  await part.finish()
  return { bars: part.bars + added, added }
}

const fetchInto = async (
  part: PartFile,
  source: CandleSource,
  options: DownloadOptions & { readonly barMs: number },
): Promise<number> => {
  const { barMs } = options
  // A bar is whole when the next one may open; the exchange's clock decides, not ours.
  const closedMs = barOpenAt(await source.nowMs(), barMs)
  const toMs = Math.min(options.toMs ?? closedMs, closedMs)
  const startMs = barOpenAt(options.fromMs + barMs - 1, barMs)
  if (part.last !== undefined) await expectSameBar(source, part)
  let sinceMs = part.last === undefined ? startMs : part.last[0] + barMs
  let added = 0
  const total = Math.max(0, Math.ceil((toMs - startMs) / barMs))
  while (sinceMs < toMs) {
    options.onProgress?.(Math.max(0, (sinceMs - startMs) / barMs), total)
    const rows = newRows(await source.fetchPage(sinceMs), sinceMs, toMs)
    await part.append(rows)
    added += rows.length
    // An empty window is a time without trades (or before the listing), not the end.
    sinceMs = (rows.at(-1)?.[0] ?? sinceMs + (EMPTY_WINDOW_BARS - 1) * barMs) + barMs
  }
  options.onProgress?.(total, total)
  return added
}

/** The smallest page among exchanges that answer by window; a larger step could jump over bars. */
const EMPTY_WINDOW_BARS = Math.min(PAGE_BARS, 300)

const newRows = (page: readonly CandleRow[], sinceMs: number, toMs: number): readonly CandleRow[] =>
  page.filter(([time], i) => time >= sinceMs && time < toMs && time !== page[i - 1]?.[0])

/** The last bar of the file is fetched again: another market's or a corrected history must not be continued. */
const expectSameBar = async (source: CandleSource, part: PartFile): Promise<void> => {
  const [time] = part.last ?? [0]
  const again = (await source.fetchPage(time)).find((row) => row[0] === time)
  if (again?.join() === part.last?.join()) return
  throw new BadInput(
    `--out: expected a file whose last bar the exchange confirms (${again?.join() ?? 'it has none there'}), ` +
      `was ${part.last?.join()} in ${part.path}`,
  )
}

const orWorkFailed = async <T>(work: () => Promise<T>, consequence: string): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BadInput) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkFailed(`candles download: ${reason.slice(0, 300)} (${consequence})`, { cause: error })
  }
}
