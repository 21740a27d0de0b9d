import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { startApp } from '@botcriptofy/testkit/process'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BadInput, WorkFailed } from '../failure.ts'
import { downloadCandles } from './download.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2023, 0, 1)
const BARS = 3500
/** Half an hour into the last bar, which has therefore not closed. */
const NOW_MS = START_MS + (BARS - 1) * HOUR_MS + HOUR_MS / 2
/** The exchange was down in these hours. */
const isMissing = (bar: number) => bar >= 1200 && bar < 1205

const kline = (bar: number) => {
  const open = START_MS + bar * HOUR_MS
  const price = (100 + Math.sin(bar / 50) * 10).toFixed(2)
  const top = (Number(price) + 1).toFixed(2)
  const bottom = (Number(price) - 1).toFixed(2)
  return [open, price, top, bottom, price, `${bar}.5`, open + HOUR_MS - 1, '0', 1, '0', '0', '0']
}

const EXCHANGE_INFO = {
  symbols: [
    {
      symbol: 'BTCUSDT',
      status: 'TRADING',
      baseAsset: 'BTC',
      quoteAsset: 'USDT',
      isSpotTradingAllowed: true,
      orderTypes: ['LIMIT', 'MARKET'],
      permissionSets: [['SPOT']],
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01' },
        { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
      ],
    },
  ],
}

type Answer = { readonly status: number; readonly body: unknown } | 'hang'

/** Binance's REST for one market; `interfere` may answer a kline request otherwise, by its number from 1. */
class Exchange {
  readonly starts: number[] = []
  interfere: (request: number) => Answer | undefined = () => undefined
  readonly #server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://loopback')
    const answer = this.#answer(url)
    if (answer === 'hang') return
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer.body))
  })

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #answer(url: URL): Answer {
    if (url.pathname === '/api/v3/exchangeInfo') return { status: 200, body: EXCHANGE_INFO }
    if (url.pathname === '/api/v3/time') return { status: 200, body: { serverTime: NOW_MS } }
    if (url.pathname !== '/api/v3/klines') return { status: 404, body: { code: -1, msg: url.pathname } }
    const startTime = Number(url.searchParams.get('startTime'))
    this.starts.push(startTime)
    const interference = this.interfere(this.starts.length)
    if (interference !== undefined) return interference
    const rows = []
    for (let bar = Math.max(0, Math.ceil((startTime - START_MS) / HOUR_MS)); bar < BARS; bar++) {
      if (rows.length === Number(url.searchParams.get('limit') ?? 500)) break
      if (!isMissing(bar)) rows.push(kline(bar))
    }
    return { status: 200, body: rows }
  }
}

let exchange: Exchange
let baseUrl = ''
let directory = ''
beforeEach(async () => {
  exchange = new Exchange()
  baseUrl = await exchange.listen()
  directory = await mkdtemp(join(tmpdir(), 'candles-'))
})
afterEach(async () => {
  await exchange.close()
  await rm(directory, { recursive: true })
})

const options = (name = 'out.csv') => ({
  venue: 'binance',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  fromMs: START_MS,
  out: join(directory, name),
  baseUrl,
})

const expectedBars = Array.from({ length: BARS - 1 }, (_, bar) => bar).filter((bar) => !isMissing(bar))
const expectedCsv = [
  'timestamp,open,high,low,close,volume',
  ...expectedBars.map((bar) => kline(bar).slice(0, 6).map(Number).join(',')),
  '',
].join('\n')

describe('downloadCandles', () => {
  it('fetches every closed bar, page by page, and leaves out the one that is still open', async () => {
    const progress: string[] = []
    const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`)
    const result = await downloadCandles({ ...options(), onProgress })
    expect(result).toEqual({ bars: expectedBars.length, added: expectedBars.length })
    expect(await readFile(options().out, 'utf8')).toBe(expectedCsv)
    expect(exchange.starts).toHaveLength(4)
    expect(progress[0]).toBe(`0/${BARS - 1}`)
    expect(progress.at(-1)).toBe(`${BARS - 1}/${BARS - 1}`)
  })

  it('keeps the pages of a download that failed and continues behind them', async () => {
    exchange.interfere = (request) =>
      request === 3 ? { status: 400, body: { code: -1100, msg: 'Illegal characters.' } } : undefined
    await expect(downloadCandles(options())).rejects.toThrow(WorkFailed)
    const part = `${options().out}.part`
    expect((await readFile(part, 'utf8')).split('\n')).toHaveLength(2002)
    await appendFile(part, '1680000000000,12,1')

    const again = await downloadCandles(options())
    expect(again).toEqual({ bars: expectedBars.length, added: expectedBars.length - 2000 })
    expect(await readFile(options().out, 'utf8')).toBe(expectedCsv)
    // The last bar that is there is fetched again, to see that it is the same market.
    expect(exchange.starts.slice(3)[0]).toBe(START_MS + 2004 * HOUR_MS)
  })

  it('loses nothing when the process is killed', async () => {
    exchange.interfere = (request) => (request === 3 ? 'hang' : undefined)
    const { venue, symbol, timeframe, out } = options('killed.csv')
    const args = ['candles', 'download', '--venue', venue, '--symbol', symbol, '--timeframe', timeframe]
    const app = startApp({
      app: 'cli',
      args: [...args, '--from', '2023-01-01', '--out', out, '--base-url', baseUrl],
    })
    await waitFor(() => exchange.starts.length === 3, {
      describe: 'the third page to be asked for',
      limitMs: 40_000,
    })
    expect(await app.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await downloadCandles(options('killed.csv'))).toMatchObject({ added: expectedBars.length - 2000 })
    expect(await readFile(out, 'utf8')).toBe(expectedCsv)
  }, 60_000)

  it('extends a finished compressed file', async () => {
    const toMs = START_MS + 500 * HOUR_MS
    const gz = options('out.csv.gz')
    expect(await downloadCandles({ ...gz, toMs })).toEqual({ bars: 500, added: 500 })
    await downloadCandles(gz)
    expect(gunzipSync(await readFile(gz.out)).toString()).toBe(expectedCsv)
  })

  it('asks again when the exchange is busy for a moment', async () => {
    exchange.interfere = (request) => (request === 1 ? { status: 503, body: {} } : undefined)
    expect(await downloadCandles(options())).toMatchObject({ bars: expectedBars.length })
    expect(exchange.starts.slice(0, 2)).toEqual([START_MS, START_MS])
  })

  it('does not continue a file of other candles', async () => {
    const toMs = START_MS + 100 * HOUR_MS
    await downloadCandles({ ...options(), toMs })
    const other = (await readFile(options().out, 'utf8')).replaceAll(/,\d+\.5$/gm, ',7')
    await rm(options().out)
    await appendFile(options().out, other)
    await expect(downloadCandles(options())).rejects.toThrow(/^--out: expected a file whose last bar/)
  })

  it.each([
    [{ venue: 'nowhere' }, /^--venue: .* was nowhere$/],
    [{ venue: '../kraken' }, /^--venue: .* was \.\.\/kraken$/],
    [{ symbol: 'ABC/USDT' }, /^--symbol: .* was ABC\/USDT$/],
    [{ timeframe: '7m' }, /^--timeframe: .* was 7m$/],
    [{ timeframe: '1M' }, /^--timeframe: expected a timeframe such as/],
  ])('refuses %o', async (wrong, message) => {
    const downloading = downloadCandles({ ...options(), ...wrong })
    await expect(downloading).rejects.toThrow(BadInput)
    await expect(downloading).rejects.toThrow(message)
  })
})
