import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { waitFor } from '@botcriptofy/testkit/wait'
import { createLog } from '@botcriptofy/runtime/log'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createPacer } from '@botcriptofy/runtime/connection'
import { binanceProtocol } from '@botcriptofy/venues/binance'
import { inParts, type VenueProfile } from '@botcriptofy/venues/frame'
import { Subscription } from './subscriptions.ts'

const PROFILE: VenueProfile = {
  ...binanceProtocol.profile,
  messageSpacingMs: 20,
  silenceLimitMs: 10_000,
  bannedPauseMs: 60_000,
}
/** Two streams a request. */
const requestPairs = (method: string) => (streams: readonly string[], firstId: number) =>
  inParts(streams, 2).map((part, at) => ({
    frame: JSON.stringify({ method, params: part, id: firstId + at }),
    streams: part,
    id: firstId + at,
  }))

interface Heard {
  readonly message: { readonly method: string; readonly id: number; readonly params: readonly string[] }
  readonly atMs: number
}

/** A venue on loopback whose answers a test decides; `refuse` is an HTTP status instead of a connection. */
const startVenue = async (options: {
  readonly onMessage?: (socket: WebSocket, id: number) => void
  readonly refuse?: string
}) => {
  const server = createServer()
  const wss = new WebSocketServer({ noServer: true })
  const heard: Heard[] = []
  let dials = 0
  server.on('upgrade', (request, socket, head) => {
    dials += 1
    // Whoever was refused may reset the connection.
    socket.on('error', () => undefined)
    if (options.refuse !== undefined) {
      socket.end(`HTTP/1.1 ${options.refuse}\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    wss.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data) => {
        if (!Buffer.isBuffer(data)) return
        const message: Heard['message'] = JSON.parse(data.toString('utf8'))
        heard.push({ message, atMs: performance.now() })
        options.onMessage?.(client, message.id)
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    for (const client of wss.clients) client.terminate()
    server.close()
  })
  return { url: `ws://127.0.0.1:${port}/ws`, heard, dials: () => dials, clients: wss.clients }
}

const subscribe = (url: string, change: Partial<VenueProfile> = {}) => {
  const downs: { reason: string; wasUp: boolean }[] = []
  const subscribed: (readonly string[])[] = []
  let ups = 0
  const subscription: Subscription = new Subscription({
    url,
    protocol: {
      profile: { ...PROFILE, ...change },
      subscribe: requestPairs('SUBSCRIBE'),
      unsubscribe: requestPairs('UNSUBSCRIBE'),
    },
    dials: createPacer(1),
    random: () => 0,
    log: createLog({ name: 'test', level: 'silent' }),
    onFrame: (text) => subscription.acknowledge({ requestId: null, streams: null, ...JSON.parse(text) }),
    onUp: () => void (ups += 1),
    onSubscribed: (streams) => subscribed.push(streams),
    onDown: (reason, wasUp) => downs.push({ reason, wasUp }),
  })
  onTestFinished(() => subscription.close())
  subscription.add(['a@trade', 'b@trade', 'c@trade', 'd@trade', 'e@trade'])
  subscription.start()
  return { subscription, downs, subscribed, ups: () => ups }
}

const answer = (socket: WebSocket, id: number) => socket.send(JSON.stringify({ requestId: id }))

describe('Subscription', () => {
  it('asks for all streams in parts, spaced, and is up when each part is acknowledged', async () => {
    const venue = await startVenue({ onMessage: answer })
    const { subscription } = subscribe(venue.url, { messageSpacingMs: 200 })
    await waitFor(() => subscription.isUp, { describe: 'acknowledged subscriptions' })
    expect(venue.heard.map(({ message }) => message.params)).toEqual([
      ['a@trade', 'b@trade'],
      ['c@trade', 'd@trade'],
      ['e@trade'],
    ])
    const [first, , third] = venue.heard.map(({ atMs }) => atMs)
    expect((third ?? 0) - (first ?? 0)).toBeGreaterThan(300)
  })

  it('is up when all streams are named as subscribed, whatever the requests were', async () => {
    const named = (...streams: string[]) => JSON.stringify({ streams })
    const venue = await startVenue({
      onMessage: (socket, id) =>
        socket.send(
          id === 1
            ? named('a@trade', 'b@trade')
            : named('a@trade', 'b@trade', 'c@trade', 'd@trade', ...(id === 3 ? ['e@trade'] : [])),
        ),
    })
    const { subscription, ups } = subscribe(venue.url)
    await waitFor(() => subscription.isUp, { describe: 'acknowledged subscriptions' })
    expect([venue.heard.length, ups()]).toEqual([3, 1])
  })

  it('adds and removes streams while it runs, and comes back with those that are left', async () => {
    const venue = await startVenue({ onMessage: answer })
    const { subscription, subscribed, ups } = subscribe(venue.url)
    await waitFor(() => subscription.isUp, { describe: 'a connection' })
    expect(subscription.isSubscribed('f@trade')).toBe(false)
    subscription.add(['f@trade'])
    subscription.remove(['a@trade', 'b@trade', 'c@trade'])
    await waitFor(() => subscription.isSubscribed('f@trade'), { describe: 'the new stream' })
    await waitFor(() => venue.heard.length === 6, { describe: 'all requests' })
    expect(venue.heard.slice(3).map(({ message }) => [message.method, message.params])).toEqual([
      ['SUBSCRIBE', ['f@trade']],
      ['UNSUBSCRIBE', ['a@trade', 'b@trade']],
      ['UNSUBSCRIBE', ['c@trade']],
    ])
    expect(ups()).toBe(1)
    for (const client of venue.clients) client.terminate()
    await waitFor(() => ups() === 2, { describe: 'another connection' })
    expect(subscribed.slice(1)).toEqual([['f@trade'], ['d@trade', 'e@trade', 'f@trade']])
  })

  it('gives up a connection on which the venue does not acknowledge what is added', async () => {
    const venue = await startVenue({ onMessage: (socket, id) => id <= 3 && answer(socket, id) })
    const { subscription, downs } = subscribe(venue.url, { ackLimitMs: 1000 })
    await waitFor(() => subscription.isUp, { describe: 'a connection' })
    subscription.add(['f@trade'])
    await waitFor(() => downs.length > 0, { describe: 'a reconnect' })
    expect(downs[0]).toEqual({ reason: 'subscriptions not acknowledged', wasUp: true })
  })

  it('subscribes again after the connection broke', async () => {
    const venue = await startVenue({ onMessage: answer })
    const { ups, downs } = subscribe(venue.url)
    await waitFor(() => ups() === 1, { describe: 'a connection' })
    for (const client of venue.clients) client.terminate()
    await waitFor(() => ups() === 2, { describe: 'another connection' })
    expect(downs).toEqual([{ reason: 'close 1006', wasUp: true }])
    expect(venue.heard).toHaveLength(6)
  })

  it('gives up a connection that is acknowledged and then silent, where a subscription begins with data', async () => {
    const venue = await startVenue({
      onMessage: (socket, id) => {
        answer(socket, id)
        // Of what is no trade, such as heartbeats.
        if (id === 3) setInterval(() => socket.send('{"streams":[]}'), 10).unref()
      },
    })
    const { downs } = subscribe(venue.url, { firstDataLimitMs: 60 })
    await waitFor(() => downs.length > 0, { describe: 'a reconnect' })
    expect(downs[0]).toEqual({ reason: 'subscribed but silent', wasUp: true })
  })

  it('keeps a connection that delivered before its last answer', async () => {
    const venue = await startVenue({
      onMessage: (socket, id) => {
        subscription.markDelivering()
        answer(socket, id)
      },
    })
    const { subscription, downs, ups } = subscribe(venue.url, { firstDataLimitMs: 1 })
    await waitFor(() => ups() === 1, { describe: 'a connection' })
    for (const client of venue.clients) client.terminate()
    await waitFor(() => downs.length > 0, { describe: 'its end' })
    expect(downs[0]).toEqual({ reason: 'close 1006', wasUp: true })
  })

  it('gives up a connection on which the venue does not acknowledge', async () => {
    const venue = await startVenue({ onMessage: (socket, id) => id === 1 && answer(socket, id) })
    const { subscription, downs } = subscribe(venue.url, { ackLimitMs: 50 })
    await waitFor(() => downs.length > 0, { describe: 'a reconnect' })
    expect(downs[0]).toEqual({ reason: 'subscriptions not acknowledged', wasUp: false })
    expect(subscription.isUp).toBe(false)
  })

  it('gives up a connection that has fallen silent', async () => {
    const venue = await startVenue({ onMessage: answer })
    const { downs } = subscribe(venue.url, { silenceLimitMs: 200 })
    await waitFor(() => downs.length > 0, { describe: 'a reconnect' })
    expect(downs[0]).toEqual({ reason: 'silence', wasUp: true })
    await waitFor(() => venue.dials() === 2, { describe: 'another dial' })
  })

  it('hears a connection whose only frames are pings', async () => {
    const venue = await startVenue({ onMessage: answer })
    const silenceLimitMs = 1500
    const { ups, downs } = subscribe(venue.url, { silenceLimitMs })
    await waitFor(() => ups() === 1, { describe: 'a connection' })
    const startedMs = performance.now()
    await waitFor(
      () => {
        for (const client of venue.clients) client.ping()
        return performance.now() - startedMs > 1.5 * silenceLimitMs
      },
      { describe: 'pings for longer than a silence may be', everyMs: 20 },
    )
    expect(downs).toEqual([])
  })

  it.each([
    ['closed with 1008', { onMessage: (socket: WebSocket) => socket.close(1008) }],
    ['refused with 429', { refuse: '429 Too Many Requests' }],
    ['refused with 418', { refuse: "418 I'm a teapot" }],
  ])('waits for the pause after it was %s', async (_, behaviour) => {
    const pauseMs = 1200
    const venue = await startVenue(behaviour)
    subscribe(venue.url, { bannedPauseMs: pauseMs })
    const dialled = (count: number) =>
      waitFor(() => venue.dials() === count, { describe: `dial ${count}`, everyMs: 5 })
    await dialled(1)
    const startedMs = performance.now()
    await dialled(2)
    expect(performance.now() - startedMs).toBeGreaterThan(pauseMs - 100)
  })

  it('does not dial again once it is closed', async () => {
    const venue = await startVenue({ onMessage: answer })
    const { subscription, ups } = subscribe(venue.url)
    await waitFor(() => ups() === 1, { describe: 'a connection' })
    const [client] = venue.clients
    const closed = client && once(client, 'close')
    await subscription.close()
    expect((await closed)?.[0]).toBe(1000)
    expect(venue.dials()).toBe(1)
    expect(venue.clients.size).toBe(0)
  })
})
