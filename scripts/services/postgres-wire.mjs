// As much of Postgres' protocol as it takes to know that a server is ours: connect, SCRAM-SHA-256 in both directions, leave.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const message = (type, body) => {
  const header = Buffer.alloc(5)
  header.write(type, 0, 'latin1')
  header.writeInt32BE(body.length + 4, 1)
  return type ? Buffer.concat([header, body]) : Buffer.concat([header.subarray(1), body])
}
const startup = (user, database) => {
  const version = Buffer.from([0, 3, 0, 0])
  return message('', Buffer.concat([version, Buffer.from(`user\0${user}\0database\0${database}\0\0`)]))
}
const hmac = (key, text) => createHmac('sha256', key).update(text).digest()

const scramClient = (password) => {
  const clientFirst = `n=,r=${randomBytes(18).toString('base64')}`
  let expectedSignature
  return {
    first: () => {
      const text = Buffer.from(`n,,${clientFirst}`)
      const length = Buffer.alloc(4)
      length.writeInt32BE(text.length)
      return message('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, text]))
    },
    final: (serverFirst) => {
      const [nonce, salt, iterations] = serverFirst.split(',').map((field) => field.slice(2))
      const withoutProof = `c=biws,r=${nonce}`
      const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')
      const signed = `${clientFirst},${serverFirst},${withoutProof}`
      const clientKey = hmac(salted, 'Client Key')
      const signature = hmac(createHash('sha256').update(clientKey).digest(), signed)
      const proof = clientKey.map((byte, i) => byte ^ signature[i])
      expectedSignature = hmac(hmac(salted, 'Server Key'), signed).toString('base64')
      return message('p', Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`))
    },
    isServer: (serverFinal) => serverFinal === `v=${expectedSignature}`,
  }
}

/** The next step for one server message: bytes to send, or a verdict. */
const answer = (type, body, scram) => {
  if (type === 'E') {
    const code = /\0?C([0-9A-Z]{5})\0/.exec(body.toString('latin1'))?.[1]
    return { verdict: code === '57P03' ? 'busy' : 'foreign' }
  }
  if (type === 'Z') return { verdict: 'ready' }
  if (type !== 'R') return {}
  const method = body.readInt32BE(0)
  const text = body.subarray(4).toString()
  if (method === 10) return { send: scram.first() }
  if (method === 11) return { send: scram.final(text) }
  if (method === 12) return scram.isServer(text) ? { proved: true } : { verdict: 'foreign' }
  return method === 0 ? {} : { verdict: 'foreign' }
}

/**
 * What listens on a loopback port: `ready` (it knows our password and proved it), `busy` (starting or stopping),
 * `absent` (nothing, or nothing that answers in time), `foreign` (something that is not ours).
 */
export const probePostgres = ({ port, user, database, password }) =>
  new Promise((resolve) => {
    const scram = scramClient(password)
    const socket = connect({ host: '127.0.0.1', port, timeout: 3000 })
    let received = Buffer.alloc(0)
    let proved = false
    const end = (verdict) => {
      socket.destroy()
      resolve(verdict === 'ready' && !proved ? 'foreign' : verdict)
    }
    socket.on('connect', () => socket.write(startup(user, database)))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 5 && received.length > received.readInt32BE(1)) {
        const next = received.readInt32BE(1) + 1
        const step = answer(String.fromCharCode(received[0]), received.subarray(5, next), scram)
        received = received.subarray(next)
        proved ||= step.proved === true
        if (step.send) socket.write(step.send)
        if (step.verdict) return end(step.verdict)
      }
    })
    socket.on('timeout', () => end('absent'))
    socket.on('error', () => end('absent'))
    socket.on('close', () => end('absent'))
  })
