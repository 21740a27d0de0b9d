const ANSWER_LIMIT_MS = 10_000

/** Nobody answered in time, or the connection broke. */
export class ServerUnreachable extends Error {}

/** The server answered, and not with 200. */
export class RequestRefused extends Error {
  readonly status: number
  /** What it asked for in `Retry-After`, ms; 0 where it asked for nothing. */
  readonly retryAfterMs: number
  constructor(path: string, { status, headers }: Response) {
    super(`${path}: expected HTTP 200, was ${status}`)
    this.status = status
    this.retryAfterMs = Math.max(0, Number(headers.get('retry-after')) * 1000 || 0)
  }
}

/**
 * Reads a path of a public REST interface as JSON. Throws `RequestRefused`, `ServerUnreachable`, or a SyntaxError where the
 * answer is no JSON.
 */
export const createGet =
  (baseUrl: string, signal: AbortSignal) =>
  async (path: string): Promise<unknown> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])
    const unreachable = (cause: unknown) => {
      throw new ServerUnreachable(`${path}: no answer`, { cause })
    }
    const response = await fetch(`${baseUrl}${path}`, { signal: limit }).catch(unreachable)
    if (!response.ok) throw new RequestRefused(path, response)
    return JSON.parse(await response.text().catch(unreachable))
  }
