import { expectationOf } from '@botcriptofy/contracts/input'
import { z } from 'zod'

/** Raised once with every problem of the environment; the message never contains a value, only names. */
export class InvalidConfig extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Parses the environment once; the result is frozen and passed down, nothing else reads the environment. */
export const loadConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<z.infer<Schema>> => {
  // An empty variable means "not set": that is how shells and compose files leave one out.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given, { reportInput: false })
  if (parsed.success) return Object.freeze(parsed.data)
  throw new InvalidConfig(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.')
      return `${name}: expected ${expectationOf(issue)}${name in given ? '' : ', was missing'}`
    }),
  )
}

/** A comma-separated list in one variable. */
export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export const logLevel = z.enum(LOG_LEVELS).default('info')
export const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'a URL that begins with postgres:// or postgresql://',
})
export const redisUrl = z.url({
  protocol: /^rediss?$/,
  error: 'a URL that begins with redis:// or rediss://',
})
/** Standard names, read alike by every process that tells what it does to a collector of traces. */
export const tracesConfig = {
  /** Unset: nothing is traced. Spans go to `<endpoint>/v1/traces`. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'a URL that begins with http:// or https://' })
    .optional(),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  /** Of the traces that begin here, how many are recorded: 0.1 is one in ten. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).optional(),
}
/** Where a server is reached, without a slash at the end. */
export const baseUrl = (protocol: 'ws' | 'http') =>
  z
    .url({
      protocol: new RegExp(`^${protocol}s?$`),
      error: `a URL that begins with ${protocol}:// or ${protocol}s://`,
    })
    .transform((url) => url.replace(/\/+$/, ''))
export const port = z.coerce.number().int().min(0).max(65535)
