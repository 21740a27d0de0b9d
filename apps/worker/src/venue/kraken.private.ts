import { createHash, createHmac } from 'node:crypto'
import { createDecoder, krakenProfile, privateSubscribe } from '@botcriptofy/venues/kraken'
import { z } from 'zod'
import { CredentialsRefused, type LogOn, type PrivateVenue } from './private-venue.ts'

const PATH = '/0/private/GetWebSocketsToken'
const REFUSAL = /EAPI:Invalid key|EAPI:Invalid signature|EGeneral:Permission denied/

const tokenAnswer = z.object({
  error: z.array(z.string()),
  result: z.object({ token: z.string().min(1) }).optional(),
})

/** A key's numbers rise for ever, whoever uses it; ccxt counts in milliseconds, so others have to. */
let lastNonce = 0
const nextNonce = (nowMs: number): number => (lastNonce = Math.max(lastNonce + 1, nowMs))

/** Signed as docs.kraken.com says: HMAC-SHA512 over the path and SHA-256 of nonce and body. */
const fetchToken = async ({ credentials, nowMs, restUrl, signal }: LogOn): Promise<string> => {
  const nonce = nextNonce(nowMs)
  const body = new URLSearchParams({ nonce: String(nonce) }).toString()
  const digest = createHash('sha256').update(`${nonce}${body}`).digest()
  const secret = Buffer.from(credentials.secret, 'base64')
  const signature = createHmac('sha512', secret).update(PATH).update(digest).digest('base64')
  const response = await fetch(`${restUrl}${PATH}`, {
    method: 'POST',
    headers: {
      'API-Key': credentials.apiKey,
      'API-Sign': signature,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body,
    signal,
  })
  const { error, result } = tokenAnswer.parse(await response.json())
  if (result !== undefined) return result.token
  const reason = `kraken: ${error.join(' ')}`
  throw REFUSAL.test(reason) ? new CredentialsRefused(reason) : new Error(reason)
}

/** The channels `executions` and `balances` of WebSocket v2, under a token of the REST API. */
export const krakenPrivate: PrivateVenue = {
  profile: krakenProfile,
  createDecoder: () => createDecoder(),
  logOn: async (options) => {
    const token = await fetchToken(options)
    return (['executions', 'balances'] as const).map((channel, at) => ({
      frame: privateSubscribe({ channel, token, requestId: at + 1 }),
      isAnswer: ({ requestId }) => requestId === at + 1,
    }))
  },
  isRefusal: ({ reason }) => REFUSAL.test(reason),
}
