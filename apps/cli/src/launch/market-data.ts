import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SeriesName } from '@botcriptofy/contracts/candles'
import { type Candles, generateCandles } from '@botcriptofy/engine/market'
import { downloadCandles } from '../candles/download.ts'
import { parseInstant } from '../candles/instant.ts'
import { startProgress } from '../progress.ts'
import { repositoryRoot } from '../root.ts'

/** Candles for a sweep: where they come from and how they get into the API. */
export interface MarketData {
  readonly title: string
  readonly series: SeriesName
  readonly isSimulated: boolean
  /** The same on every start, so that one import is enough. */
  readonly isFixed: boolean
  readonly csv: () => Promise<string>
}

export const SAMPLE: MarketData = {
  title: 'Coinbase BTC/USD, daily, real candles',
  series: { venue: 'coinbase', symbol: 'BTC/USD', timeframe: '1d' },
  isSimulated: false,
  isFixed: true,
  csv: () => readFile(join(repositoryRoot, 'apps', 'cli', 'sample', 'coinbase-BTC-USD-1d.csv'), 'utf8'),
}

const GENERATED_BARS = 200_000
const GENERATED_START_MS = Date.UTC(2025, 0, 1)
const GENERATED_SEED = 7
const GENERATED_START_PRICE = 100

export const GENERATED: MarketData = {
  title: 'SIM/USDT, minutes, SIMULATED candles',
  series: { venue: 'simulator', symbol: 'SIM/USDT', timeframe: '1m' },
  isSimulated: true,
  isFixed: true,
  csv: () =>
    Promise.resolve(
      toCsv(
        generateCandles({
          seed: GENERATED_SEED,
          startPrice: GENERATED_START_PRICE,
          bars: GENERATED_BARS,
          startMs: GENERATED_START_MS,
          timeframeMs: 60_000,
        }),
      ),
    ),
}

interface DownloadRequest extends SeriesName {
  readonly from: string
  /** Another host that speaks the protocol of the exchange. */
  readonly baseUrl?: string | undefined
  /** Downloads are kept here and continued by the next start. */
  readonly directory: string
}

/** Candles of an exchange, from `from` until now. */
export const downloaded = (request: DownloadRequest): MarketData => {
  const { venue, symbol, timeframe, baseUrl } = request
  const source = baseUrl === undefined ? 'real candles' : `candles of ${baseUrl}`
  const title = `${venue} ${symbol}, ${timeframe}, ${source}`
  const fromMs = parseInstant(request.from, '--from')
  const csv = async () => {
    await mkdir(request.directory, { recursive: true })
    const name = `${venue}-${symbol}-${timeframe}`.replaceAll(/[^A-Za-z0-9-]/g, '_')
    const out = join(request.directory, `${name}-${fromMs}.csv`)
    let progress: ReturnType<typeof startProgress> | undefined
    const onProgress = (done: number, total: number) => {
      progress ??= startProgress(`downloading ${title}`, total)
      progress.update(Math.floor(done))
    }
    await downloadCandles({ venue, symbol, timeframe, baseUrl, out, fromMs, onProgress }).finally(() =>
      progress?.stop(),
    )
    return readFile(out, 'utf8')
  }
  return { title, series: { venue, symbol, timeframe }, isSimulated: false, isFixed: false, csv }
}

const toCsv = ({ time, open, high, low, close, volume }: Candles): string => {
  const lines = ['timestamp,open,high,low,close,volume']
  for (let i = 0; i < time.length; i++) {
    lines.push(`${time[i]},${open[i]},${high[i]},${low[i]},${close[i]},${volume[i]}`)
  }
  return `${lines.join('\n')}\n`
}
