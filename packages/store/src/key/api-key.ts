import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sha256Hex } from '../database/index.ts'

const PREFIX_BYTES = 6
const SECRET_BYTES = 32
const FORMAT = /^bcf_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

export interface NewApiKey {
  /** `bcf_<prefix>_<secret>`: 48 random bits that find the row, 256 that prove the caller. */
  readonly text: string
  readonly prefix: string
  readonly secretSha256: string
}

export const createApiKey = (): NewApiKey => {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex')
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  return { text: `bcf_${prefix}_${secret}`, prefix, secretSha256: sha256Hex(secret) }
}

/** Undefined when the text cannot be one of our keys, so that no query is spent on it. */
export const parseApiKey = (
  text: string,
): { readonly prefix: string; readonly secretSha256: string } | undefined => {
  const [, prefix, secret] = FORMAT.exec(text) ?? []
  return prefix === undefined || secret === undefined
    ? undefined
    : { prefix, secretSha256: sha256Hex(secret) }
}

/** Compares two hex digests of equal length without telling by time where they differ. */
export const isSameDigest = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
