import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '@botcriptofy/testkit/process'
import { binance } from 'ccxt'
import { afterAll, describe, expect, test } from 'vitest'
import { connectClient, type Frame, startSimulator } from './simulator.fixture.ts'

const HOUR_MS = 3_600_000
const startMs = Date.UTC(2024, 5, 1)
const bars = Array.from({ length: 48 }, (_, at) => {
  const open = 100 + at
  return [
    startMs + at * HOUR_MS,
    open,
    open + 3,
    open - 2.5,
    open + 1,
    Number((12.345 + at / 100).toFixed(3)),
  ]
})
const folder = await mkdtemp(join(tmpdir(), 'simulator-'))
const file = join(folder, 'candles.csv')
await writeFile(file, ['timestamp,open,high,low,close,volume', ...bars.map((bar) => bar.join())].join('\n'))
afterAll(() => rm(folder, { recursive: true }))

// Twenty-four hours of history, and an hour every two seconds.
const simulator = await startSimulator({
  SIMULATOR_CANDLES_FILE: file,
  SIMULATOR_SYMBOL: 'ABC/USDT',
  SIMULATOR_TIMEFRAME: '1h',
  SIMULATOR_SPEED: '1800',
})
afterAll(async () => void (await simulator.app.kill('SIGTERM')))

const get = async (path: string) => {
  const answer = await fetch(`${simulator.url}/api/v3/${path}`)
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

/** Every address of the client points at the simulator, so that nothing can leave this machine. */
const ccxtClient = () => {
  const client = new binance({
    enableRateLimit: false,
    options: { fetchMarkets: { types: ['spot'] }, fetchMargins: false, fetchCurrencies: false },
  })
  const api = `${simulator.url}/api/v3`
  const names = Object.keys(client.urls['api'] ?? {})
  client.urls = { ...client.urls, api: Object.fromEntries(names.map((name) => [name, api])) }
  return client
}

describe('the REST side', () => {
  test('serves the real ccxt client its markets and candles', async () => {
    const client = ccxtClient()
    const markets = await client.loadMarkets()
    expect(Object.keys(markets)).toEqual(['ABC/USDT'])
    expect(markets['ABC/USDT']).toMatchObject({
      active: true,
      spot: true,
      precision: { price: 0.1, amount: 0.001 },
    })
    const candles = await client.fetchOHLCV('ABC/USDT', '1h', startMs, 10)
    expect(candles).toEqual(bars.slice(0, 10))
    expect(await client.fetchOHLCV('ABC/USDT', '4h', startMs, 1)).toEqual([
      [startMs, 100, 106, 97.5, 104, 49.44],
    ])
    const page = await client.fetchOHLCV('ABC/USDT', '1h', startMs + 20 * HOUR_MS, 3)
    expect(page.map(([time]) => time)).toEqual([20, 21, 22].map((at) => startMs + at * HOUR_MS))
    expect(await client.fetchTime()).toBeGreaterThanOrEqual(startMs + 24 * HOUR_MS)
  })

  test.each([
    ['klines?interval=1h', -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."],
    ['klines?symbol=NOPE&interval=1h', -1121, 'Invalid symbol.'],
    ['klines?symbol=ABCUSDT&interval=7m', -1120, 'Invalid interval.'],
    ['klines?symbol=ABCUSDT&interval=1h&limit=x', -1100, "Illegal characters found in parameter 'limit'."],
    ['ticker/price?symbols=oops', -1100, "Illegal characters found in parameter 'symbols'."],
  ])('refuses %s as the exchange does', async (path, code, msg) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { code, msg } })
  })

  test('counts request weight and prints decimals as strings with eight places', async () => {
    const { headers, body } = await get(`klines?symbol=ABCUSDT&interval=1h&startTime=${startMs}&limit=1`)
    expect(Number(headers.get('x-mbx-used-weight-1m'))).toBeGreaterThanOrEqual(2)
    const decimal = expect.stringMatching(/^\d+\.\d{8}$/)
    const prices = ['100.00000000', '103.00000000', '97.50000000', '101.00000000']
    const flow = [decimal, expect.any(Number), decimal, decimal, '0']
    expect(body).toEqual([[startMs, ...prices, '12.34500000', startMs + HOUR_MS - 1, ...flow]])
    expect(await get('ticker/price?symbol=ABCUSDT')).toMatchObject({ body: { symbol: 'ABCUSDT' } })
    expect(await get('ping')).toMatchObject({ status: 200, body: {} })
  })
})

const isTrade = (frame: Frame) => frame['e'] === 'trade'
const klineOf = (frame: Frame) => frame['k'] as Frame | undefined

describe('the WebSocket side', () => {
  test('acknowledges, lists and ends subscriptions, also to markets that do not exist', async () => {
    const client = await connectClient(`${simulator.webSocketUrl}/ws`)
    client.send({ method: 'SUBSCRIBE', params: ['abcusdt@trade', 'nope@trade'], id: 1 })
    expect(await client.waitForFrame('an ack', (frame) => frame['id'] === 1)).toEqual({ result: null, id: 1 })
    client.send({ method: 'UNSUBSCRIBE', params: ['nope@trade'], id: 2 })
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 3 })
    const list = await client.waitForFrame('the list', (frame) => frame['id'] === 3)
    expect(list).toEqual({ result: ['abcusdt@trade'], id: 3 })
    client.close()
  })

  test.each([
    ['{', 3],
    [{ method: 'NOPE', id: 1 }, 2],
    [{ method: 'SUBSCRIBE', params: 'x', id: 1 }, 2],
    [{ method: 'SUBSCRIBE', params: [] }, 2],
  ])('refuses %j with code %i and stays open', async (message, code) => {
    const client = await connectClient(`${simulator.webSocketUrl}/ws`)
    client.send(message)
    expect(await client.waitForFrame('a refusal', (frame) => frame['code'] !== undefined)).toMatchObject({
      code,
    })
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 3 })
    expect(await client.waitForFrame('the list', (frame) => frame['id'] === 3)).toMatchObject({ result: [] })
    client.close()
  })

  test('sends contiguous trades that rebuild the kline it closes', async () => {
    const client = await connectClient(`${simulator.webSocketUrl}/ws/abcusdt@trade/abcusdt@kline_1h`)
    const isClosed = (frame: Frame) => klineOf(frame)?.['x'] === true
    await client.waitForFrame('a closed kline', isClosed)
    const isSecond = (frame: Frame) => isClosed(frame) && frame !== client.frames.find(isClosed)
    const kline = klineOf(await client.waitForFrame('a second closed kline', isSecond))
    client.close()
    const ids = client.frames.filter(isTrade).map((trade) => Number(trade['t']))
    expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) + at))
    const within = client.frames
      .filter(isTrade)
      .filter(
        (trade) => Number(trade['t']) >= Number(kline?.['f']) && Number(trade['t']) <= Number(kline?.['L']),
      )
    const prices = within.map((trade) => Number(trade['p']))
    expect({
      open: within[0]?.['p'],
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: within.at(-1)?.['p'],
      volume: within.reduce((sum, trade) => sum + Math.round(Number(trade['q']) * 1000), 0),
      trades: within.length,
    }).toEqual({
      open: kline?.['o'],
      high: Number(kline?.['h']),
      low: Number(kline?.['l']),
      close: kline?.['c'],
      volume: Math.round(Number(kline?.['v']) * 1000),
      trades: kline?.['n'],
    })
    const { body } = await get(`klines?symbol=ABCUSDT&interval=1h&startTime=${String(kline?.['t'])}&limit=1`)
    const names = ['t', 'o', 'h', 'l', 'c', 'v', 'T', 'q', 'n', 'V', 'Q', 'B']
    expect(body).toEqual([names.map((name) => (name === 'B' ? '0' : kline?.[name]))])
  })

  test('wraps the frames of combined streams', async () => {
    const client = await connectClient(`${simulator.webSocketUrl}/stream?streams=abcusdt@trade`)
    const frame = await client.waitForFrame('a frame', (found) => found['stream'] === 'abcusdt@trade')
    expect(frame['data']).toMatchObject({ e: 'trade', s: 'ABCUSDT' })
    await simulator.command('announce-shutdown')
    const notice = await client.waitForFrame('a notice', (found) => found['stream'] === '!serverShutdown')
    expect(notice['data']).toMatchObject({ e: 'serverShutdown' })
    client.close()
  })

  test('closes with 1008 on the sixth message within a second', async () => {
    const client = await connectClient(`${simulator.webSocketUrl}/ws`)
    for (let id = 1; id <= 6; id += 1) client.send({ method: 'LIST_SUBSCRIPTIONS', id })
    expect(await client.closed).toBe(1008)
    expect(client.frames.map((frame) => frame['id'])).toEqual([1, 2, 3, 4, 5])
  })
})

test('refuses to listen where others could reach it', async () => {
  const app = startApp({ app: 'simulator', env: { SIMULATOR_HOST: '0.0.0.0' } })
  expect(await app.exited).toEqual({ code: 2, signal: null })
  expect(app.output().stderr).toContain('SIMULATOR_HOST: expected a loopback address')
})
