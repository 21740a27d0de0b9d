import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'

/** What the exchange answers in `error`, with status 200. */
export class KrakenRefusal extends Error {}

export interface PrivateRequest {
  readonly account: Account
  readonly params: Readonly<Record<string, string>>
}

/** Whose request it is, and its parameters; throws what the exchange answers to one that is not signed right. */
export const readPrivate = (request: FastifyRequest, accounts: Accounts): PrivateRequest => {
  const body = typeof request.body === 'string' ? request.body : ''
  const params = Object.fromEntries(new URLSearchParams(body))
  const key = request.headers['api-key']
  const account = typeof key === 'string' ? accounts.find('kraken', key) : undefined
  if (account === undefined) throw new KrakenRefusal('EAPI:Invalid key')
  const nonce = params['nonce'] ?? ''
  const path = request.url.split('?')[0] ?? ''
  const hash = createHash('sha256').update(`${nonce}${body}`).digest()
  const expected = createHmac('sha512', Buffer.from(account.credentials.secret, 'base64'))
    .update(path)
    .update(hash)
    .digest()
  const given = Buffer.from(String(request.headers['api-sign'] ?? ''), 'base64')
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new KrakenRefusal('EAPI:Invalid signature')
  // Only a request that is signed right uses up its number.
  if (!/^\d{1,20}$/.test(nonce) || BigInt(nonce) <= account.lastNonce)
    throw new KrakenRefusal('EAPI:Invalid nonce')
  account.lastNonce = BigInt(nonce)
  return { account, params }
}
