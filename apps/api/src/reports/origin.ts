import type { FastifyRequest } from 'fastify'
import type { ApiConfig } from '../config.ts'

/** Where readers of a report reach this API: as configured, or as they reached it. */
export const publicOrigin = (
  { API_PUBLIC_URL }: Pick<ApiConfig, 'API_PUBLIC_URL'>,
  { protocol, host }: FastifyRequest,
): string => (API_PUBLIC_URL === undefined ? `${protocol}://${host}` : new URL(API_PUBLIC_URL).origin)
