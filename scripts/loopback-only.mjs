// Preloaded into every Node process of the test suite: no socket leaves this machine.
import { appendFileSync } from 'node:fs'
import dgram from 'node:dgram'
import net from 'node:net'

const loopback = new net.BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Names are refused unasked, since asking for one is a packet to somebody, too. */
const isLoopback = (host) => {
  const family = net.isIP(host)
  if (family === 0) return host === 'localhost'
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

const refusal = (host, port) => {
  const message = `expected a socket to loopback in a test, was to ${host}:${port}`
  const file = process.env.OUTWARD_SOCKETS_FILE
  if (file !== undefined) appendFileSync(file, `${message} (${process.argv.slice(1, 3).join(' ')})\n`)
  return Object.assign(new Error(message), { code: 'ENETUNREACH' })
}

/** `net` calls it with what it made of the arguments, an array that holds the options; others call it as documented. */
const optionsOf = (args) => {
  const [first] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) return first
  const isPath = typeof first === 'string' && !/^\d+$/u.test(first)
  return isPath ? { path: first } : { port: first, host: typeof args[1] === 'string' ? args[1] : undefined }
}

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function connectToLoopback(...args) {
  const { path, host = 'localhost', port } = optionsOf(args)
  if (path || isLoopback(host)) return connect.apply(this, args)
  this.destroy(refusal(host, port))
  return this
}

const { send } = dgram.Socket.prototype
dgram.Socket.prototype.send = function sendToLoopback(...args) {
  const host = args.find((value, index) => index > 0 && typeof value === 'string') ?? 'localhost'
  if (!isLoopback(host)) throw refusal(host, 'udp')
  return send.apply(this, args)
}
