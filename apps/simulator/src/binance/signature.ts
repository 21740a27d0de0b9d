import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { Refusal } from './refusal.ts'

const MOST_RECV_WINDOW_MS = 60_000
const RECV_WINDOW_MS = 5000
/** A request may not come from the future by more. */
const FUTURE_MS = 1000

export interface SignedOptions {
  readonly accounts: Accounts
  /** The exchange's clocks: that of its simulated markets, and the real one that clients sign by. */
  readonly clocks: () => readonly number[]
}

/** Whose request it is, and its parameters; throws what the exchange answers to one that is not signed right. */
export const readSigned = (request: FastifyRequest, options: SignedOptions) => {
  const query = request.url.split('?')[1] ?? ''
  const body = typeof request.body === 'string' ? request.body : ''
  const params = new URLSearchParams([query, body].filter((part) => part !== '').join('&'))
  const key = request.headers['x-mbx-apikey']
  if (typeof key !== 'string') throw new Refusal(-2014, 'API-key format invalid.', 401)
  const account = accountOf(options.accounts, key)
  // What is signed is the query and the body as they were sent, one after the other.
  const signed = [query, body].map((part) => part.replace(/&?signature=[^&]*/, '')).join('')
  checkSignature(account, signed, params.get('signature'))
  checkTime(params, options.clocks())
  return { account, params: Object.fromEntries(params) }
}

export const accountOf = (accounts: Accounts, key: string): Account => {
  const account = accounts.find('binance', key)
  if (account === undefined) throw new Refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401)
  return account
}

export const checkSignature = (account: Account, signed: string, signature: string | null): void => {
  if (signature === null)
    throw new Refusal(-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.")
  const expected = createHmac('sha256', account.credentials.secret).update(signed).digest('hex')
  const [ours, theirs] = [Buffer.from(expected), Buffer.from(signature)]
  if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs))
    throw new Refusal(-1022, 'Signature for this request is not valid.')
}

export const checkTime = (params: URLSearchParams, clocks: readonly number[]): void => {
  const sentMs = Number(params.get('timestamp') ?? Number.NaN)
  if (!Number.isSafeInteger(sentMs))
    throw new Refusal(-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.")
  const windowMs = Number(params.get('recvWindow') ?? RECV_WINDOW_MS)
  if (!(windowMs > 0 && windowMs <= MOST_RECV_WINDOW_MS))
    throw new Refusal(-1131, 'recvWindow must be less than 60000')
  const ages = clocks.map((nowMs) => nowMs - sentMs)
  if (ages.some((ageMs) => ageMs >= -FUTURE_MS && ageMs <= windowMs)) return
  throw ages.every((ageMs) => ageMs < 0)
    ? new Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    : new Refusal(-1021, 'Timestamp for this request is outside of the recvWindow.')
}
