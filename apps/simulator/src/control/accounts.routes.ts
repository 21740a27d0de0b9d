import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { MatchingEngine } from '../accounts/matching-engine.ts'
import { formatUnits, MONEY_DECIMALS, parseUnits, shortDecimal } from '../accounts/money.ts'
import { VENUES } from '../faults/fault-order.ts'

const money = z.string().transform((text, context) => {
  const units = parseUnits(text)
  if (units !== undefined) return units
  context.addIssue({ code: 'custom', message: `expected a decimal of at least 0 such as "1000.5"` })
  return z.NEVER
})

const newAccount = z.strictObject({
  venue: z.enum(VENUES),
  balances: z.record(z.string().min(1), money),
  /** Made up where they are left out. */
  apiKey: z.string().min(1).optional(),
  secret: z.string().min(1).optional(),
})

export interface AccountOptions {
  readonly accounts: Accounts
  readonly engine: MatchingEngine
}

/** Opens accounts, and tells what they have. */
export const registerAccounts = (app: FastifyInstance, { accounts, engine }: AccountOptions): void => {
  app.post('/simulator/accounts', async ({ body }, reply) => {
    const asked = newAccount.safeParse(body)
    if (!asked.success) return reply.code(400).send({ error: z.prettifyError(asked.error) })
    const { venue, balances, apiKey, secret } = asked.data
    const account = accounts.open(venue, {
      ...(apiKey !== undefined && { apiKey }),
      ...(secret !== undefined && { secret }),
    })
    if (account === undefined)
      return reply.code(409).send({ error: 'apiKey: expected one that is not taken' })
    for (const [asset, units] of Object.entries(balances)) account.credit(asset, units)
    return reply.code(201).send({ venue, ...account.credentials, balances: balancesOf(account) })
  })
  app.get('/simulator/accounts', async () => ({
    accounts: [...accounts.all()].map((account) => ({
      venue: account.venue,
      apiKey: account.credentials.apiKey,
      balances: balancesOf(account),
      orders: account.orders.size,
      fills: [...account.orders.values()].reduce((sum, order) => sum + order.fills.length, 0),
    })),
    // What the accounts paid in fees, and the market's side of their trades: with the balances they sum to what was given.
    fees: plain(engine.fees),
    counterparty: plain(engine.counterparty),
  }))
}

const decimal = (units: bigint): string => shortDecimal(formatUnits(units, MONEY_DECIMALS))

const balancesOf = (account: Account) =>
  Object.fromEntries(
    [...account.balances].map(([asset, { free, held }]) => [
      asset,
      { free: decimal(free), held: decimal(held) },
    ]),
  )

const plain = (sums: ReadonlyMap<string, bigint>) =>
  Object.fromEntries([...sums].map(([asset, units]) => [asset, decimal(units)]))
