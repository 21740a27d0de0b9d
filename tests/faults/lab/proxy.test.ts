import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultProxy, startProxy } from './proxy.ts'

/** Answers each piece with the same bytes and remembers what came. */
const startEcho = async () => {
  let received = ''
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      received += bytes.toString()
      socket.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received: () => received,
    sockets,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const open = async (port: number) => {
  const socket = connect({ host: '127.0.0.1', port })
  const state = { text: '', code: '', isClosed: false }
  socket.on('data', (bytes) => (state.text += bytes.toString()))
  socket.on('error', (error: NodeJS.ErrnoException) => (state.code = error.code ?? ''))
  socket.on('close', () => (state.isClosed = true))
  await once(socket, 'connect')
  return { socket, state }
}

let echo: Awaited<ReturnType<typeof startEcho>>
let proxy: FaultProxy

beforeEach(async () => {
  echo = await startEcho()
  proxy = await startProxy(echo.port)
})
afterEach(async () => {
  await proxy.close()
  echo.close()
})

const until = (describeIt: string, condition: () => boolean) =>
  waitFor(condition, { describe: describeIt, everyMs: 2 })

describe('a fault proxy', () => {
  it('passes bytes both ways and the end of either side on', async () => {
    const { socket, state } = await open(proxy.port)
    socket.write('ping')
    await until('the echo', () => state.text === 'ping')
    expect(proxy.connections()).toBe(1)
    for (const server of echo.sockets) server.end()
    await until('the end', () => state.isClosed)
    await until('no connection', () => proxy.connections() === 0)
    expect(state.code).toBe('')
  })

  it('swallows everything in a black hole, takes new connections, and resets them all when it heals', async () => {
    const before = await open(proxy.port)
    before.socket.write('a')
    await until('the echo', () => before.state.text === 'a')
    proxy.setWire({ kind: 'black-hole' })
    const during = await open(proxy.port)
    before.socket.write('b')
    during.socket.write('c')
    await until('both to be swallowed', () => proxy.lostBytes() === 2)
    expect(echo.received()).toBe('a')
    proxy.setWire({ kind: 'pass' })
    await until('both to be reset', () => before.state.isClosed && during.state.isClosed)
    expect([before.state.code, during.state.code]).toEqual(['ECONNRESET', 'ECONNRESET'])
  })

  it.each([
    ['replies', 'x'],
    ['requests', ''],
  ] as const)('swallows %s alone in a half-open connection', async (direction, received) => {
    const { socket, state } = await open(proxy.port)
    await until('the connection upstream', () => echo.sockets.size === 1)
    proxy.setWire({ kind: 'mute', direction })
    socket.write('x')
    await until('the piece to be swallowed', () => proxy.lostBytes() === 1)
    expect(echo.received()).toBe(received)
    expect(state.text).toBe('')
  })

  it('keeps bytes back while it holds and delivers them in order afterwards, the connection being whole', async () => {
    const { socket, state } = await open(proxy.port)
    proxy.setWire({ kind: 'hold' })
    socket.write('one,')
    socket.write('two')
    const marker = await open(echo.port)
    marker.socket.write('!')
    await until('the service to be alive', () => marker.state.text === '!')
    expect(state.text).toBe('')
    proxy.setWire({ kind: 'pass' })
    await until('what was held', () => state.text === 'one,two')
    expect(state.isClosed).toBe(false)
    marker.socket.destroy()
  })

  it('delivers each piece later by the delay of both ways', async () => {
    const { socket, state } = await open(proxy.port)
    proxy.setWire({ kind: 'delay', ms: 60 })
    const startMs = performance.now()
    socket.write('slow')
    await until('the echo', () => state.text === 'slow')
    // Timers may fire a millisecond early.
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(118)
  })

  it('resets what it is told to and ends connections that nobody serves', async () => {
    const { state } = await open(proxy.port)
    expect(proxy.reset()).toBe(1)
    await until('the reset', () => state.isClosed)
    expect(state.code).toBe('ECONNRESET')
    const orphan = await startProxy(1)
    const refused = await open(orphan.port)
    await until('the end', () => refused.state.isClosed)
    await orphan.close()
  })
})
