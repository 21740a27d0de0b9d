import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { canonicalJson } from '@botcriptofy/contracts/http'
import type { Db, Tx } from '@botcriptofy/store/database'
import { runOnce, type StoredAnswer } from '@botcriptofy/store/idempotency'
import { HttpProblem } from '../problem.ts'
import { callerOf } from './auth.ts'

/** What a POST did: its status, what the schema of that status describes, and headers such as Location. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Exchange {
  readonly db: Db
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Digest of a body that is streamed; without it, the parsed JSON body is digested. */
  readonly bodySha256?: () => Promise<string>
  /** Changes the text that is stored and back, for answers that carry a secret. */
  readonly seal?: { readonly close: (text: string) => string; readonly open: (text: string) => string }
}

/**
 * Runs the work of a POST in one transaction. With an Idempotency-Key the answer is stored in that transaction and a
 * repetition gets it again, marked `Idempotency-Replayed: true`; problems are not stored.
 */
export const answerOnce = async (
  exchange: Exchange,
  work: (tx: Tx) => Promise<Answer>,
): Promise<FastifyReply> => {
  const { db, request, reply } = exchange
  const run = async (tx: Tx): Promise<StoredAnswer> => {
    const { status, body, headers = {} } = await work(tx)
    const text = reply.code(status).serialize(body)
    return { status, headers, body: typeof text === 'string' ? text : new TextDecoder().decode(text) }
  }
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return send(reply, await db.transaction().execute(run))

  const seal = exchange.seal ?? { close: (text: string) => text, open: (text: string) => text }
  const outcome = await runOnce(db, callerOf(request).tenant, {
    key,
    sha256: async () =>
      requestSha256(request, await (exchange.bodySha256 ?? (async () => jsonSha256(request)))()),
    work: async (tx) => {
      const answer = await run(tx)
      return { ...answer, body: seal.close(answer.body) }
    },
  })
  switch (outcome.kind) {
    case 'done':
      return send(reply, { ...outcome.answer, body: seal.open(outcome.answer.body) })
    case 'replayed':
      reply.header('idempotency-replayed', 'true')
      return send(reply, { ...outcome.answer, body: seal.open(outcome.answer.body) })
    case 'in_flight':
      throw new HttpProblem('IDEMPOTENCY_IN_FLIGHT', { headers: { 'retry-after': '1' } })
    case 'mismatch':
      throw new HttpProblem('IDEMPOTENCY_MISMATCH', {
        detail: 'expected the method, address and body of the first request with this key',
      })
  }
}

const send = (reply: FastifyReply, answer: StoredAnswer): FastifyReply =>
  reply.code(answer.status).headers(answer.headers).type('application/json; charset=utf-8').send(answer.body)

const jsonSha256 = (request: FastifyRequest): string =>
  createHash('sha256')
    .update(canonicalJson(request.body ?? null))
    .digest('hex')

/** Method and address belong to the request: the same body sent elsewhere is another request. */
const requestSha256 = (request: FastifyRequest, bodySha256: string): string =>
  createHash('sha256').update(`${request.method} ${request.url}\n${bodySha256}`).digest('hex')
