import { once } from 'node:events'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { startSimulator } from './simulator.fixture.ts'

const simulator = await startSimulator({ SIMULATOR_SYMBOL: 'ABC/USDT', SIMULATOR_SPEED: '600' })
afterAll(async () => void (await simulator.app.kill('SIGTERM')))

afterEach(async () => void (await fetch(`${simulator.url}/simulator/faults`, { method: 'DELETE' })))

type Venue = 'binance' | 'coinbase' | 'kraken'
const PATHS: Readonly<Record<Venue, string>> = { binance: '/ws', coinbase: '/', kraken: '/v2' }

const get = async (path: string): Promise<unknown> => (await fetch(`${simulator.url}${path}`)).json()
const post = (path: string, body: object) =>
  fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** A client that keeps the texts of its frames, whatever they are. */
const connect = async (venue: Venue) => {
  const socket = new WebSocket(`${simulator.webSocketUrl}${PATHS[venue]}`)
  const texts: string[] = []
  let [pongs, errors] = [0, 0]
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) texts.push(data.toString('utf8'))
  })
  socket.on('pong', () => (pongs += 1))
  socket.on('error', () => (errors += 1))
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  await once(socket, 'open')
  const having = (part: string) => texts.filter((text) => text.includes(part))
  return {
    texts,
    having,
    closed,
    socket,
    pongs: () => pongs,
    send: (message: object) => socket.send(JSON.stringify(message)),
    waitFor: (part: string, count = 1) =>
      waitFor(() => having(part).length >= count, { describe: `${count} frames with ${part}` }),
  }
}

const subscribe = (venue: Venue, channel: string) => {
  if (venue === 'binance') return { method: 'SUBSCRIBE', params: [`abcusdt@${channel}`], id: 1 }
  if (venue === 'coinbase') return { type: 'subscribe', product_ids: ['ABC-USDT'], channel }
  return { method: 'subscribe', params: { channel, symbol: ['ABC/USDT'] } }
}
/** What the frames of a channel have in them, and nothing else has. */
const TRADES: Readonly<Record<Venue, readonly [channel: string, part: string]>> = {
  binance: ['trade', '"e":"trade"'],
  coinbase: ['market_trades', '"market_trades","client_id"'],
  kraken: ['trade', '"channel":"trade","type"'],
}
const BOOKS: Readonly<Record<'coinbase' | 'kraken', readonly [channel: string, snapshots: string]>> = {
  coinbase: ['level2', '"type":"snapshot"'],
  kraken: ['book', '"type":"snapshot"'],
}

const VENUES: readonly Venue[] = ['binance', 'coinbase', 'kraken']

describe.each(VENUES)('a connection of %s', (venue) => {
  const [channel, part] = TRADES[venue]

  test('is sent half a frame, and whole ones again', async () => {
    const client = await connect(venue)
    client.send(subscribe(venue, channel))
    await client.waitFor(part, 3)
    await simulator.fault({ venue, fault: 'cut', stream: channel, symbol: 'ABC/USDT' })
    const isCut = (text: string) => !text.endsWith('}')
    await waitFor(() => client.texts.some(isCut), { describe: 'half a frame' })
    await client.waitFor(part, client.having(part).length + 3)
    expect(client.texts.filter(isCut)).toHaveLength(1)
    client.socket.close()
  })

  test('has its subscription accepted and hears nothing, until it subscribes again', async () => {
    const client = await connect(venue)
    await simulator.fault({ venue, fault: 'silentAck', stream: channel })
    client.send(subscribe(venue, channel))
    await waitFor(() => client.texts.some((text) => /"result"|subscriptions/.test(text)), {
      describe: 'the answer',
    })
    const other = await connect(venue)
    other.send(subscribe(venue, channel))
    await other.waitFor(part, 5)
    expect(client.having(part)).toEqual([])
    if (venue === 'binance') client.send({ method: 'UNSUBSCRIBE', params: [`abcusdt@${channel}`], id: 2 })
    client.send(subscribe(venue, channel))
    await client.waitFor(part)
    for (const { socket } of [client, other]) socket.close()
  })

  test('is closed after so many frames, also when it is opened later', async () => {
    await simulator.fault({
      venue,
      fault: 'close',
      stream: channel,
      afterFrames: 3,
      forMs: 60_000,
      times: 1,
    })
    const client = await connect(venue)
    client.send(subscribe(venue, channel))
    expect(await client.closed).toBe(1006)
    expect(client.having(part)).toHaveLength(3)
    await simulator.fault({ venue, fault: 'dayCut', lifeMs: 100, forMs: 300 })
    expect(await (await connect(venue)).closed).toBe(1006)
  })

  test('is open and dead', async () => {
    const client = await connect(venue)
    client.send(subscribe(venue, channel))
    await client.waitFor(part)
    client.socket.ping()
    await waitFor(() => client.pongs() === 1, { describe: 'a pong' })
    await simulator.fault({ venue, fault: 'halfOpen' })
    const other = await connect(venue)
    other.send(subscribe(venue, channel))
    const heard = client.texts.length
    client.socket.ping()
    await other.waitFor(part, 5)
    expect([client.texts.length, client.pongs(), client.socket.readyState]).toEqual([
      heard,
      1,
      WebSocket.OPEN,
    ])
    client.socket.terminate()
    await client.closed
    other.socket.close()
  })

  test('waits for the answer to a ping, and to a request', async () => {
    const client = await connect(venue)
    await simulator.fault({ venue, fault: 'slowPings' })
    client.socket.ping()
    client.socket.ping()
    await waitFor(() => client.pongs() === 1, { describe: 'the second pong' })
    await simulator.fault({ venue, fault: 'lostRequest' })
    client.send(subscribe(venue, channel))
    client.send(subscribe(venue, venue === 'kraken' ? 'ohlc' : 'candles'))
    await waitFor(() => client.texts.some((text) => /"result"|subscriptions/.test(text)), {
      describe: 'an answer',
    })
    expect(client.having(part)).toEqual([])
    expect(client.having('Exceeded msg rate')).toHaveLength(venue === 'kraken' ? 1 : 0)
    client.socket.close()
  })

  test('finds the exchange in maintenance, and working again', async () => {
    const client = await connect(venue)
    client.send(subscribe(venue, channel))
    await client.waitFor(part)
    await simulator.fault({ venue, fault: 'maintenance', forMs: 400 })
    if (venue === 'kraken') {
      await client.waitFor('"system":"maintenance"')
      client.send(subscribe(venue, 'ohlc'))
      await client.waitFor('EService:Unavailable')
      expect(await get('/0/public/SystemStatus')).toMatchObject({ result: { status: 'maintenance' } })
      expect(await get('/0/public/Assets')).toEqual({ error: ['EService:Unavailable'] })
      await client.waitFor('"system":"online"', 2)
      await client.waitFor(part, client.having(part).length + 1)
    } else {
      expect(await client.closed).toBe(1001)
      await expect(connect(venue)).rejects.toThrow('503')
    }
    await waitFor(async () => (await fetch(`${simulator.url}${TIME[venue]}`)).status === 200, {
      describe: 'the end',
    })
    ;(await connect(venue)).socket.close()
  })
})

describe.each(['coinbase', 'kraken'] as const)('a subscription of %s', (venue) => {
  test('is sent a snapshot twice, or one of its own kind', async () => {
    const [book, part] = BOOKS[venue]
    const client = await connect(venue)
    const own = venue === 'kraken' ? 'thinSnapshot' : 'hugeSnapshot'
    await simulator.fault({ venue, fault: 'snapshotTwice', stream: book })
    client.send(subscribe(venue, book))
    await client.waitFor(part, 2)
    await simulator.fault({ venue, fault: own, stream: book })
    client.send(subscribe(venue, book))
    await client.waitFor(part, 3)
    const [first = '', second = '', third = ''] = client.having(part)
    const body = (text: string) => text.slice(text.indexOf('"events"'))
    expect(body(first)).toBe(body(second))
    if (venue === 'kraken') expect(third.match(/"price"|checksum/g)).toEqual(['"price"', '"price"'])
    else expect(third.length).toBeGreaterThan(5_000_000)
    client.socket.close()
  })
})

const TIME: Readonly<Record<Venue, string>> = {
  binance: '/api/v3/time',
  coinbase: '/v2/time',
  kraken: '/0/public/Time',
}

test('a shutdown of Binance is announced before the connection is closed', async () => {
  const client = await connect('binance')
  await simulator.fault({ venue: 'binance', fault: 'shutdown', lifeMs: 100 })
  expect(await client.closed).toBe(1006)
  expect(client.having('serverShutdown')).toHaveLength(1)
})

describe.each(VENUES)('a request to %s', (venue) => {
  const ask = () => fetch(`${simulator.url}${TIME[venue]}`)

  const ofBinance = [
    ['ban', 418, /banned until/],
    ['timeout', 503, /-1007/],
  ] as const
  test.each([
    ['rateLimit', 429, /Too m|Rate limit/],
    ['unavailable', venue === 'kraken' ? 200 : 503, /overloaded|UNAVAILABLE|EService:Busy/],
    ['badGateway', 502, /<html>/],
    ['htmlPage', 200, /<html>/],
    ...(venue === 'binance' ? ofBinance : []),
  ] as const)('is answered as %s says, once', async (fault, status, body) => {
    await simulator.fault({ venue, fault, retryAfterSeconds: 7 })
    const answer = await ask()
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringMatching(body)])
    expect(answer.headers.get('retry-after')).toBe(fault === 'rateLimit' || fault === 'ban' ? '7' : null)
    expect(await (await ask()).text()).toMatch(/^\{/)
  })

  test.each(['reset', 'resetAfter', 'cutBody'])('fails as %s says, once', async (fault) => {
    await simulator.fault({ venue, fault })
    await expect(ask().then((answer) => answer.text())).rejects.toThrow(/fetch failed|terminated/)
    expect((await ask()).status).toBe(200)
  })

  test.each(['hang', 'hangAfter'])('is never answered, as %s says', async (fault) => {
    await simulator.fault({ venue, fault, path: TIME[venue] })
    const limit = { signal: AbortSignal.timeout(150) }
    await expect(fetch(`${simulator.url}${TIME[venue]}`, limit)).rejects.toThrow(/timeout/)
    expect((await ask()).status).toBe(200)
  })

  test('hears another time while the clock is wrong', async () => {
    const epoch = async () => Number(/\d{10,}/.exec(await (await ask()).text())?.[0])
    const before = await epoch()
    await simulator.fault({ venue, fault: 'clockSkew', skewMs: 50_000_000, forMs: 300 })
    // Half of the skew is a few hundred times what passes meanwhile.
    const least = venue === 'binance' ? 25_000_000 : 25_000
    expect((await epoch()) - before).toBeGreaterThan(least)
    await waitFor(async () => (await epoch()) - before < least, { describe: 'the right time' })
  })
})

const report = z.object({
  done: z.array(z.object({ venue: z.string(), fault: z.string() })),
  lasting: z.array(z.object({ fault: z.string() })),
  waiting: z.int(),
})
const ordered = z.object({ ordered: z.int(), script: z.array(z.object({ fault: z.string() })) })

describe('a script', () => {
  test('orders faults for moments to come, and tells what it did', async () => {
    const client = await connect('binance')
    client.send(subscribe('binance', 'trade'))
    const script = [
      { venue: 'binance', fault: 'duplicate', stream: 'trade', times: 2 },
      { venue: 'binance', fault: 'close', afterMs: 200 },
    ]
    expect(ordered.parse(await (await post('/simulator/faults', { script })).json()).ordered).toBe(2)
    expect(await client.closed).toBe(1006)
    const { done } = report.parse(await get('/simulator/faults'))
    expect(done.slice(-3).map(({ fault }) => fault)).toEqual(['duplicate', 'duplicate', 'close'])
  })

  test('is drawn from a seed, the same one every time, of faults that the exchange has', async () => {
    const draw = async (seed: number) => {
      const body = { seed, forMs: 600_000, everyMs: 1000, venues: ['kraken'] }
      return ordered.parse(await (await post('/simulator/faults', body)).json())
    }
    const [one, same, other] = [await draw(7), await draw(7), await draw(8)]
    expect(one).toEqual(same)
    expect(one.script).not.toEqual(other.script)
    expect(one.ordered).toBeGreaterThan(500)
    const kinds = new Set(one.script.map(({ fault }) => fault))
    expect(kinds.has('thinSnapshot') && kinds.has('maintenance') && kinds.has('cutBody')).toBe(true)
    expect(kinds.has('hugeSnapshot') || kinds.has('shutdown')).toBe(false)
  })

  test.each([
    [{ venue: 'binance', fault: 'eat' }, /fault/],
    [{ venue: 'binance', fault: 'thinSnapshot' }, /expected one that this exchange has/],
    [{ venue: 'binance', fault: 'ban', afterFrames: 3 }, /afterFrames/],
    [{ venue: 'binance', fault: 'drop', strem: 'trade' }, /strem/],
    [{ script: [] }, /expected/i],
  ])('is refused where it makes no sense: %j', async (body, reason) => {
    const answer = await post('/simulator/faults', body)
    expect(answer.status).toBe(400)
    expect(z.object({ error: z.string() }).parse(await answer.json()).error).toMatch(reason)
  })

  test('that lasts is listed, and so are the connections with their streams', async () => {
    await simulator.fault({ venue: 'coinbase', fault: 'slowPings', forMs: 60_000 })
    expect(report.parse(await get('/simulator/faults')).lasting.map(({ fault }) => fault)).toContain(
      'slowPings',
    )
    const client = await connect('coinbase')
    client.send(subscribe('coinbase', 'market_trades'))
    await client.waitFor('subscriptions')
    expect(await get('/simulator/connections')).toMatchObject({
      connections: expect.arrayContaining([
        { connection: expect.any(Number), venue: 'coinbase', streams: ['market_trades:ABC-USDT'] },
      ]),
    })
    client.socket.close()
  })
})
