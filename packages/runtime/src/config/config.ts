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
export const port = z.coerce.number().int().min(0).max(65535)
