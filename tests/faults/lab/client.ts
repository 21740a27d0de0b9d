import { setTimeout as pause } from 'node:timers/promises'

/** What a request came to; `undefined` when no answer came. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly isReplayed: boolean
}

export interface ApiClient {
  /** Sends once; an answer, or undefined when the connection or the process failed. */
  readonly send: (request: ApiRequest) => Promise<Answer | undefined>
  /**
   * Sends under the same key until an answer says what became of it (2xx, or 4xx that is no "not now"); undefined when
   * `until` came first, so that the request may or may not have been done.
   */
  readonly insist: (request: ApiRequest, until: () => boolean) => Promise<Answer | undefined>
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly key?: string
  readonly body?: object | string
}

const ANSWER_LIMIT_MS = 8000
const RETRY_MS = 250
const NOT_NOW = new Set([408, 409, 425, 429])

/** A caller of the HTTP API with one tenant's key. */
export const apiClient = (baseUrl: string, apiKey: string): ApiClient => {
  const send: ApiClient['send'] = async ({ method, path, key, body }) => {
    const isText = typeof body === 'string'
    try {
      const response = await fetch(baseUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      })
      const parsed: unknown = await response.json()
      return {
        status: response.status,
        body: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {},
        isReplayed: response.headers.get('idempotency-replayed') === 'true',
      }
    } catch {
      return undefined
    }
  }
  const isFinal = (answer: Answer): boolean =>
    answer.status < 500 && !(NOT_NOW.has(answer.status) && answer.body['code'] !== 'ILLEGAL_TRANSITION')
  return {
    send,
    insist: async (request, until) => {
      for (;;) {
        const answer = await send(request)
        if (answer !== undefined && isFinal(answer)) return answer
        if (until()) return undefined
        await pause(RETRY_MS)
      }
    },
  }
}
