import { randomBytes, sign } from 'node:crypto'
import { coinbaseProfile, coinbaseProtocol, createDecoder, userSubscribe } from '@botcriptofy/venues/coinbase'
import { type Credentials, CredentialsRefused, type PrivateVenue } from './private-venue.ts'

const LIFETIME_SECONDS = 120

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** ES256 over a key in PEM; the venue names what the token holds (docs.cdp.coinbase.com, WebSocket authentication). */
const tokenFor = ({ apiKey, secret }: Credentials, nowMs: number): string => {
  const seconds = Math.floor(nowMs / 1000)
  const head = part({ alg: 'ES256', kid: apiKey, typ: 'JWT', nonce: randomBytes(16).toString('hex') })
  const body = part({ sub: apiKey, iss: 'cdp', nbf: seconds, exp: seconds + LIFETIME_SECONDS })
  try {
    const proof = sign('sha256', Buffer.from(`${head}.${body}`), { key: secret, dsaEncoding: 'ieee-p1363' })
    return `${head}.${body}.${proof.toString('base64url')}`
  } catch {
    // The reason may hold parts of the key.
    throw new CredentialsRefused('coinbase: expected the secret to be an EC private key in PEM, was none')
  }
}

/** The channel `user`, whose heartbeats prove that a quiet connection lives. */
export const coinbasePrivate: PrivateVenue = {
  profile: coinbaseProfile,
  createDecoder: () => createDecoder(),
  logOn: async ({ credentials, nowMs, natives }) => {
    const heartbeats = natives.map((native) => `heartbeats:${native}`)
    return [
      ...coinbaseProtocol.subscribe(heartbeats, 1).map(({ frame }) => ({ frame, isAnswer: () => true })),
      {
        frame: userSubscribe(tokenFor(credentials, nowMs), natives),
        isAnswer: ({ streams }) => streams?.some((stream) => stream.startsWith('user:')) ?? false,
      },
    ]
  },
  isRefusal: ({ reason }) => /authentication failure|unauthorized/i.test(reason),
}
