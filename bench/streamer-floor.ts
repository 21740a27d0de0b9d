// The least that a streamer can do: receive, JSON.parse, and the bytes of the entries written raw to Redis, one entry a
// market and tick. No checks, no retries, no last values.
import { once } from 'node:events'
import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { NATIVES } from './streamer-markets.ts'

interface Trade {
  readonly s: string
  readonly t: number
  readonly p: string
  readonly q: string
  readonly T: number
  readonly m: boolean
}

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
const command = (...words: readonly string[]): string => `*${words.length}\r\n${words.map(bulk).join('')}`

const [{ webSocketUrl, redisUrl }] = (await once(process, 'message')) as [
  { readonly webSocketUrl: string; readonly redisUrl: string },
]
const { hostname, port, username, password } = new URL(redisUrl)
const redis = connect(Number(port), hostname)
if (password !== '') redis.write(command('AUTH', username === '' ? 'default' : username, password))
const socket = new WebSocket(`${webSocketUrl}/ws`, { perMessageDeflate: false })
const rows = new Map<string, string>()
const lastIds = new Map<string, number>()
let received = 0
let written = 0
let answered = 0
let isWaiting = false

const write = (): void => {
  isWaiting = false
  let commands = ''
  for (const [market, text] of rows) {
    const id = `${lastIds.get(market)}-0`
    commands += command('XADD', `floor:${market}`, 'MAXLEN', '~', '10000', id, 'd', text)
    written += 1
  }
  rows.clear()
  redis.write(commands)
}

socket.on('message', (data) => {
  if (!Buffer.isBuffer(data)) return
  const trade = JSON.parse(data.toString('utf8')) as Trade | { readonly result: null }
  if (!('t' in trade)) return
  const row = `${trade.t},${trade.T},${trade.p},${trade.q},${trade.m ? 's' : 'b'}`
  const before = rows.get(trade.s)
  rows.set(trade.s, before === undefined ? row : `${before};${row}`)
  lastIds.set(trade.s, trade.t)
  received += 1
  if (isWaiting) return
  isWaiting = true
  setImmediate(write)
})
// Every answer is one bulk string, an id; what is counted are their first bytes.
redis.on('data', (data) => {
  for (const byte of data) if (byte === 0x24) answered += 1
})
socket.on('open', () => {
  const params = NATIVES.map((native) => `${native.toLowerCase()}@trade`)
  socket.send(JSON.stringify({ method: 'SUBSCRIBE', params, id: 1 }))
  process.send?.('ready')
})
process.on('message', () => process.send?.({ received: !isWaiting && answered === written ? received : 0 }))
process.on('disconnect', () => process.exit())
