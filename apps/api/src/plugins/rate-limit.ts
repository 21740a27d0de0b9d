import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Redis } from '@botcriptofy/runtime/redis'
import { HttpProblem } from '../problem.ts'

export interface RateLimitOptions {
  readonly redis: Redis
  /** Requests a minute for one API key (or session, or address where nobody is proven). */
  readonly perMinute: number
  readonly namespace: string
}

/** Counted in Redis for all API processes together; while Redis is away requests pass uncounted. */
export const installRateLimit = async (app: FastifyInstance, options: RateLimitOptions): Promise<void> => {
  await app.register(rateLimit, {
    global: true,
    redis: options.redis,
    nameSpace: `{${options.namespace}rate}:`,
    skipOnError: true,
    timeWindow: 60_000,
    max: options.perMinute,
    keyGenerator: limitKey,
    // Draft names: RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, and Retry-After with a refusal.
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new HttpProblem('RATE_LIMITED', {
        detail: `expected at most ${max} requests a minute; again in ${Math.ceil(ttl / 1000)} s`,
      }),
  })
}

const limitKey = ({ principal, ip }: FastifyRequest): string => {
  if (principal === null) return `ip/${ip}`
  return principal.via.kind === 'key' ? `key/${principal.via.keyId}` : `user/${principal.userId}`
}
