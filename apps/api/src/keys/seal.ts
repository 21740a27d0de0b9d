import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { credentialOf } from '../plugins/auth.ts'
import { HttpProblem } from '../problem.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * A new key is kept as a hash alone, yet a repeated request must get it again. So the stored answer is encrypted under
 * the credential the caller sent, which the database does not have either; another credential gets a mismatch.
 */
export const sealForCaller = (request: FastifyRequest) => {
  const credential = credentialOf(request)?.text ?? ''
  const key = Buffer.from(hkdfSync('sha256', credential, '', 'idempotent answer', 32))
  return {
    close: (text: string): string => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
    },
    open: (sealed: string): string => {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      try {
        return Buffer.concat([
          decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
          decipher.final(),
        ]).toString('utf8')
      } catch (cause) {
        const detail = 'expected the credential of the first request with this key'
        throw new HttpProblem('IDEMPOTENCY_MISMATCH', { detail, cause })
      }
    },
  }
}
