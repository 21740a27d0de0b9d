import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

interface Heard {
  readonly client: WebSocket
  readonly method: string
  readonly params: readonly string[]
}

/** Passes everything on to the simulator and keeps what its clients ask for. */
export const listenIn = async (target: string) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const heard: Heard[] = []
  server.on('connection', (client, { url = '' }) => {
    const venue = new WebSocket(`${target}${url}`)
    const early: string[] = []
    client.on('message', (data) => {
      if (!Buffer.isBuffer(data)) return
      const text = data.toString('utf8')
      heard.push({ ...JSON.parse(text), client })
      if (venue.readyState === WebSocket.OPEN) venue.send(text)
      else early.push(text)
    })
    venue.on('open', () => early.forEach((text) => venue.send(text)))
    venue.on('message', (data, isBinary) => client.send(data, { binary: isBinary }))
    venue.on('close', () => client.terminate())
    client.on('close', () => venue.terminate())
    for (const socket of [client, venue]) socket.on('error', () => socket.terminate())
  })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => server.clients.size,
    /** Every name that the connections which are open asked for, as often as they did. */
    asked: (method: string) =>
      heard
        .filter((one) => one.method === method && server.clients.has(one.client))
        .flatMap(({ params }) => params),
  }
}
