import { z } from 'zod'

/**
 * Every problem an answer may carry (RFC 9457): its stable `code`, the HTTP status and the title. A code is never
 * renamed or given another status; programs branch on it.
 */
export const PROBLEMS = {
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  INVALID_REQUEST: { status: 400, title: 'The request does not have the expected shape' },
  INVALID_CURSOR: { status: 400, title: 'The cursor is not one this list gave out' },
  UNAUTHENTICATED: { status: 401, title: 'A valid API key or browser session is needed' },
  KEY_EXPIRED: { status: 401, title: 'The API key has expired' },
  KEY_REVOKED: { status: 401, title: 'The API key was revoked' },
  LOGIN_CODE_INVALID: { status: 401, title: 'The login code is unknown, used or older than ten minutes' },
  FORBIDDEN: { status: 403, title: 'The caller does not hold the scope this needs' },
  CROSS_ORIGIN: { status: 403, title: 'A browser session may change things only from this origin' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take the method' },
  NOT_ACCEPTABLE: { status: 406, title: 'None of the accepted media types can be served' },
  CONFLICT: { status: 409, title: 'The request conflicts with what is stored' },
  ILLEGAL_TRANSITION: { status: 409, title: 'The state does not allow this' },
  DATASET_CHANGED: { status: 409, title: 'The candles are no longer those of the run' },
  IDEMPOTENCY_IN_FLIGHT: { status: 409, title: 'A request with this Idempotency-Key is still running' },
  PRECONDITION_FAILED: { status: 412, title: 'It was changed since it was read' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is larger than this address takes' },
  URI_TOO_LONG: { status: 414, title: 'The address is too long' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'This address does not take the content type' },
  IDEMPOTENCY_MISMATCH: { status: 422, title: 'The Idempotency-Key was used for another request' },
  INVALID_STRATEGY: { status: 422, title: 'The strategy cannot be run' },
  INVALID_PARAMETERS: { status: 422, title: 'The parameters of the sweep cannot be applied' },
  INVALID_CANDLES: { status: 422, title: 'The candle file is not usable' },
  NO_CANDLES: { status: 422, title: 'There are no candles in this range' },
  NOT_PROMOTABLE: { status: 422, title: 'The run cannot become a bot' },
  UPGRADE_REQUIRED: { status: 426, title: 'This address speaks WebSocket' },
  PRECONDITION_REQUIRED: { status: 428, title: 'A change must say which version it is of' },
  QUOTA_EXCEEDED: { status: 429, title: 'The tenant has as much queued as it may' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  INTERNAL: { status: 500, title: 'The server failed' },
  BUSY: { status: 503, title: 'The server has too much to do for this at present' },
  UNAVAILABLE: { status: 503, title: 'A service this needs is not reachable' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>

export type ProblemCode = keyof typeof PROBLEMS
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[]

/** Codes after which the same request may succeed later without a change. */
const RETRYABLE: ReadonlySet<ProblemCode> = new Set([
  'IDEMPOTENCY_IN_FLIGHT',
  'QUOTA_EXCEEDED',
  'RATE_LIMITED',
  'BUSY',
  'UNAVAILABLE',
])

/** One thing wrong with the input: where (a JSON path, a query name or `line 7`) and what was expected. */
export const problemError = z.object({ path: z.string(), message: z.string() })
export type ProblemError = z.infer<typeof problemError>

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

export const problemSchema = z
  .object({
    type: z.string().describe('`urn:botcriptofy:problem:<code>`'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().describe('The path of the request'),
    code: z.enum(PROBLEM_CODES).describe('Stable; branch on this'),
    requestId: z.string(),
    retryable: z.boolean(),
    errors: z.array(problemError).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problemSchema>

export const problemOf = (
  code: ProblemCode,
  about: {
    readonly instance: string
    readonly requestId: string
    readonly detail?: string | undefined
    readonly errors?: readonly ProblemError[] | undefined
  },
): Problem => ({
  type: `urn:botcriptofy:problem:${code}`,
  title: PROBLEMS[code].title,
  status: PROBLEMS[code].status,
  ...(about.detail === undefined ? {} : { detail: about.detail }),
  instance: about.instance,
  code,
  requestId: about.requestId,
  retryable: RETRYABLE.has(code),
  ...(about.errors === undefined || about.errors.length === 0 ? {} : { errors: [...about.errors] }),
})
