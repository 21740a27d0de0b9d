import { z } from 'zod'
import {
  commaList,
  databaseUrl,
  loadConfig,
  logLevel,
  port,
  redisUrl,
  tracesConfig,
} from '@botcriptofy/runtime/config'

const schema = z.object({
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  /** Loopback unless said otherwise: nothing is reachable from outside by accident. */
  API_HOST: z.string().min(1).default('127.0.0.1'),
  /** Unset: 3000, or the next free port; set: that port or none. */
  API_PORT: port.optional(),
  /** Where browsers reach the API when a proxy stands before it, e.g. https://bots.example.org. */
  API_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  API_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(12_000),
  API_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  IMPORT_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(256 * 1024 * 1024),
  /** ES modules with indicators of the operator's own: paths and package names; workers must have the same. */
  INDICATOR_MODULES: z.string().default('').pipe(commaList),
  LOG_LEVEL: logLevel,
  ...tracesConfig,
  /** Keeps several installations apart on one Redis; workers must have the same. */
  QUEUE_NAMESPACE: z
    .string()
    .regex(/^[\w-]*$/)
    .default(''),
})

export type ApiConfig = Readonly<z.infer<typeof schema>>

export const readConfig = (): ApiConfig => loadConfig(schema, process.env)
