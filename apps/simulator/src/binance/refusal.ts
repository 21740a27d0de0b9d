import type { z } from 'zod'
import type { SimulatedMarket } from '../market/market.ts'

/** An answer of the exchange that is not what was asked for: with its own code and text, mostly HTTP 400. */
export class Refusal extends Error {
  readonly code: number
  readonly status: number
  constructor(code: number, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

export type MarketsByName = ReadonlyMap<string, SimulatedMarket>

export const marketOf = (markets: MarketsByName, native: string): SimulatedMarket => {
  const market = markets.get(native)
  if (market === undefined) throw new Refusal(-1121, 'Invalid symbol.')
  return market
}

/** Query parameters as a schema reads them; throws what the exchange answers where they do not fit. */
export const parse = <Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const name = issue?.path.join('.') ?? ''
  const isMissing = typeof query === 'object' && query !== null && !Object.hasOwn(query, name)
  throw isMissing
    ? new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
    : new Refusal(-1100, `Illegal characters found in parameter '${name}'.`)
}
