import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemOf, PROBLEMS } from '@botcriptofy/contracts/problem'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { HttpProblem } from '../problem.ts'

/** What Fastify and Node throw, by their own codes; anything else that is not ours is INTERNAL. */
const FOREIGN_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INVALID_REQUEST',
  FST_ERR_BAD_URL: 'INVALID_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'URI_TOO_LONG',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
}

/** What ioredis says when Redis is away or silent; only the first has a name of its own. */
const isRedisAway = ({ name, message }: Error): boolean =>
  name === 'MaxRetriesPerRequestError' ||
  message === 'Command timed out' ||
  message === 'Connection is closed.'

/** Postgres codes for text that is JSON and UTF-8 and still cannot be stored: a NUL, half of a surrogate pair. */
const UNSTORABLE = /^(22021|22P02|22P05)$/

export const toHttpProblem = (error: FastifyError | HttpProblem): HttpProblem => {
  if (error instanceof HttpProblem) return error
  const known = FOREIGN_CODES[error.code]
  if (known !== undefined) return new HttpProblem(known, { detail: error.message, cause: error })
  // The JSON parser's refusals, a forbidden `__proto__` key among them, are plain SyntaxErrors with a status.
  if (error instanceof SyntaxError && error.statusCode === 400) {
    return new HttpProblem('MALFORMED_JSON', { cause: error })
  }
  if (isDatabaseAway(error) || isRedisAway(error)) return unavailable(error)
  if (UNSTORABLE.test(error.code ?? '')) {
    const detail = 'expected text without NUL and half surrogate pairs'
    return new HttpProblem('INVALID_REQUEST', { detail, cause: error })
  }
  // A refusal of a plugin that we have no code for is still the caller's to mend.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new HttpProblem('INVALID_REQUEST', { detail: error.message, cause: error })
  }
  return new HttpProblem('INTERNAL', { cause: error })
}

const unavailable = (cause: unknown) =>
  new HttpProblem('UNAVAILABLE', { headers: { 'retry-after': '1' }, cause })

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Every answer that is not a success is a problem: thrown, validation, unknown address, wrong method. */
export const installProblems = (app: FastifyInstance): void => {
  app.setErrorHandler<FastifyError | HttpProblem>((error, request, reply) => {
    const problem = toHttpProblem(error)
    if (problem.statusCode >= 500) request.log.error({ err: error }, 'request failed')
    return sendProblem(request, reply, problem)
  })
  app.setNotFoundHandler((request, reply) => {
    const url = request.url.split('?')[0] ?? '/'
    const allowed = METHODS.filter((method) => app.findRoute({ method, url }) !== null)
    const problem =
      allowed.length > 0
        ? new HttpProblem('METHOD_NOT_ALLOWED', {
            detail: `expected ${allowed.join(' or ')}, was ${request.method}`,
            headers: { allow: allowed.join(', ') },
          })
        : new HttpProblem('NOT_FOUND')
    return sendProblem(request, reply, problem)
  })
}

const sendProblem = (request: FastifyRequest, reply: FastifyReply, problem: HttpProblem) =>
  reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .type(PROBLEM_MEDIA_TYPE)
    .send(
      // Text, so that no response schema of the route takes part.
      JSON.stringify(
        problemOf(problem.code, {
          instance: request.url.split('?')[0] ?? '/',
          requestId: request.id,
          detail: problem.detail,
          errors: problem.errors,
        }),
      ),
    )

/** Errors before there is a route: an undecodable address. */
export const answerFrameworkError = (
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void => {
  void sendProblem(request, reply, toHttpProblem(error))
}

/** Bytes that are not HTTP: there is no request to answer, only a socket. */
export const answerClientError = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const code: ProblemCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'HEADERS_TOO_LARGE' : 'INVALID_REQUEST'
  const body = JSON.stringify(problemOf(code, { instance: '/', requestId: randomUUID() }))
  socket.end(
    `HTTP/1.1 ${PROBLEMS[code].status} ${PROBLEMS[code].title}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
