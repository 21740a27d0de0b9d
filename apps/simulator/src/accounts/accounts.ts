import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { SimulatedVenue } from '../faults/fault-order.ts'
import { Account, type Credentials } from './account.ts'

/** The accounts of all exchanges, by their keys. */
export class Accounts {
  readonly #accounts = new Map<string, Account>()

  /** Opens an account with credentials of its own or those given; undefined where the key is taken. */
  open(venue: SimulatedVenue, given: Partial<Credentials>): Account | undefined {
    const credentials = { ...newCredentials(venue), ...given }
    if (this.find(venue, credentials.apiKey) !== undefined) return undefined
    const account = new Account(venue, credentials)
    this.#accounts.set(`${venue}:${credentials.apiKey}`, account)
    return account
  }

  find(venue: SimulatedVenue, apiKey: string): Account | undefined {
    return this.#accounts.get(`${venue}:${apiKey}`)
  }

  all(): Iterable<Account> {
    return this.#accounts.values()
  }
}

const newCredentials = (venue: SimulatedVenue): Credentials => {
  switch (venue) {
    case 'binance':
      return { apiKey: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('hex') }
    case 'kraken':
      return { apiKey: randomBytes(42).toString('base64'), secret: randomBytes(64).toString('base64') }
    case 'coinbase': {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return {
        apiKey: `organizations/${crypto.randomUUID()}/apiKeys/${crypto.randomUUID()}`,
        secret: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
      }
    }
  }
}
