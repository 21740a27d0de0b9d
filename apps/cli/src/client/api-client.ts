import { randomUUID } from 'node:crypto'
import { problemSchema } from '@botcriptofy/contracts/problem'
import type { z } from 'zod'
import { BadInput, WorkFailed } from '../failure.ts'

/** A thin client of the HTTP API; answers are checked against the contracts' schemas. */
export interface ApiClient {
  readonly url: string
  readonly get: <Schema extends z.ZodType>(path: string, schema: Schema) => Promise<z.infer<Schema>>
  /** A page as it is. */
  readonly text: (path: string) => Promise<string>
  readonly post: <Schema extends z.ZodType>(
    path: string,
    body: PostBody,
    schema: Schema,
  ) => Promise<z.infer<Schema>>
  /** A change of the version that the entity tag names. */
  readonly patch: <Schema extends z.ZodType>(
    path: string,
    change: { readonly json: unknown; readonly ifMatch: string },
    schema: Schema,
  ) => Promise<z.infer<Schema>>
  readonly delete: (path: string) => Promise<void>
}

export type PostBody =
  | { readonly json: unknown }
  | { readonly csv: ReadableStream<Uint8Array> | string | Uint8Array<ArrayBuffer> }

interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: ReadableStream<Uint8Array> | string | Uint8Array<ArrayBuffer>
}

/** The server refused the request for what it says or for who sends it: the caller's input is at fault. */
const isBadInput = (status: number) => [400, 401, 403, 404, 413, 415, 422].includes(status)

export const createApiClient = (options: { readonly url: string; readonly key: string }): ApiClient => {
  const send = async (path: string, request: HttpRequest): Promise<Response> => {
    const headers = { ...request.headers, authorization: `Bearer ${options.key}` }
    // Node's fetch wants to be told that a streamed body is sent before the answer is read.
    const duplex = request.body instanceof ReadableStream ? { duplex: 'half' as const } : {}
    let response: Response
    try {
      response = await fetch(new URL(path, options.url), { ...request, ...duplex, headers })
    } catch (error) {
      throw new WorkFailed(`The API at ${options.url} cannot be reached: is it running? (npm start)`, {
        cause: error,
      })
    }
    if (!response.ok) throw await failureOf(response)
    return response
  }
  const parse = async <Schema extends z.ZodType>(
    response: Response,
    schema: Schema,
  ): Promise<z.infer<Schema>> => {
    const parsed = schema.safeParse(await response.json())
    if (!parsed.success)
      throw new WorkFailed(`${response.url} answered in an unexpected shape: ${parsed.error.message}`)
    return parsed.data
  }
  return {
    url: options.url,
    get: async (path, schema) => parse(await send(path, { method: 'GET' }), schema),
    text: async (path) => (await send(path, { method: 'GET' })).text(),
    post: async (path, body, schema) => parse(await send(path, requestOf(body)), schema),
    patch: async (path, { json, ifMatch }, schema) => {
      const headers = { 'content-type': 'application/json', 'if-match': ifMatch }
      return parse(await send(path, { method: 'PATCH', headers, body: JSON.stringify(json) }), schema)
    },
    delete: async (path) => {
      await send(path, { method: 'DELETE' })
    },
  }
}

/** Each call has a key of its own, so that a retry below fetch cannot do the work twice. */
const requestOf = (body: PostBody): HttpRequest => {
  const idempotencyKey = randomUUID()
  return 'json' in body
    ? {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(body.json),
      }
    : {
        method: 'POST',
        headers: { 'content-type': 'text/csv', 'idempotency-key': idempotencyKey },
        body: body.csv,
      }
}

const failureOf = async (response: Response): Promise<Error> => {
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) return new WorkFailed(`${response.url} answered ${response.status}`)
  const { code, title, detail, errors } = parsed.data
  const first = errors?.[0]
  const rest = (errors?.length ?? 0) > 1 ? ` (and ${(errors?.length ?? 0) - 1} more)` : ''
  const text =
    first === undefined
      ? (detail ?? title)
      : `${first.path === '' ? '' : `${first.path}: `}${first.message}${rest}`
  const message = `${code}: ${text}`
  return isBadInput(response.status) ? new BadInput(message) : new WorkFailed(message)
}
