import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'

/** A token may not be used before its time by more than clocks differ. */
const LEEWAY_S = 5
const LONGEST_LIFE_S = 120

const header = z.object({ alg: z.enum(['ES256', 'EdDSA']), kid: z.string() })
const claims = z.object({
  sub: z.string(),
  iss: z.enum(['cdp', 'coinbase-cloud']),
  nbf: z.number(),
  exp: z.number(),
  uri: z.string().optional(),
  uris: z.array(z.string()).optional(),
})

export interface TokenOptions {
  readonly accounts: Accounts
  readonly clocks: () => readonly number[]
}

/**
 * Whose token it is (docs.cdp.coinbase.com): signed by the key it names, not older than two minutes, and for this request
 * where one is given (`GET host/path`). Undefined for any other.
 */
export const accountOfToken = (
  token: string,
  { accounts, clocks }: TokenOptions,
  uri?: string,
): Account | undefined => {
  const [head = '', body = '', signature = ''] = token.split('.')
  const named = header.safeParse(decoded(head))
  const said = claims.safeParse(decoded(body))
  if (!named.success || !said.success || said.data.sub !== named.data.kid) return undefined
  const account = accounts.find('coinbase', named.data.kid)
  const key = account && publicKeyOf(account.credentials.secret)
  if (key === undefined) return undefined
  const isEd = named.data.alg === 'EdDSA'
  const data = Buffer.from(`${head}.${body}`)
  const proof = Buffer.from(signature, 'base64url')
  const isSigned = isEd
    ? key.asymmetricKeyType === 'ed25519' && verify(null, data, key, proof)
    : key.asymmetricKeyType === 'ec' && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, proof)
  const { nbf, exp, uri: one, uris = [] } = said.data
  const isInTime = clocks().some((ms) => nbf <= ms / 1000 + LEEWAY_S && exp > ms / 1000)
  const isForThis =
    uri === undefined || [one, ...uris].some((named_) => named_ !== undefined && bare(named_) === uri)
  return isSigned && isInTime && exp - nbf <= LONGEST_LIFE_S && isForThis ? account : undefined
}

/** Clients that speak plain HTTP leave its scheme in. */
const bare = (uri: string): string => uri.replace(/ https?:\/\//, ' ')

const decoded = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** Of a private key in PEM, or of the 64 bytes of an Ed25519 key in base64. */
const publicKeyOf = (secret: string): KeyObject | undefined => {
  try {
    if (secret.includes('BEGIN')) return createPublicKey(secret)
    const x = Buffer.from(secret, 'base64').subarray(32).toString('base64url')
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch {
    return undefined
  }
}
