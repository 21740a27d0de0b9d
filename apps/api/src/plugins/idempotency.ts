import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { canonicalJson } from '@botcriptofy/contracts/http'
import type { Db } from '@botcriptofy/store/database'
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
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Digest of a body that was streamed; without it, the parsed JSON body is digested. */
  readonly bodySha256?: string
  /** Changes the text that is stored and back, for answers that carry a secret. */
  readonly seal?: { readonly close: (text: string) => string; readonly open: (text: string) => string }
}

/** A way to run work in a transaction that commits when the work succeeds and rolls back when it throws. */
export interface Transactions<T extends { readonly tx: Db }> {
  readonly run: <R>(work: (transaction: T) => Promise<R>) => Promise<R>
}

export const transactionsOf = (db: Db): Transactions<{ readonly tx: Db }> => ({
  run: (work) => db.transaction().execute((tx) => work({ tx })),
})

/**
 * Runs the work of a POST in one transaction. With an Idempotency-Key the answer is stored in that transaction and a
 * repetition gets it again, marked `Idempotency-Replayed: true`; problems are not stored.
 */
export const answerOnce = async <T extends { readonly tx: Db }>(
  exchange: Exchange,
  transactions: Transactions<T>,
  work: (transaction: T) => Promise<Answer>,
): Promise<FastifyReply> => {
  const { request, reply } = exchange
  const run = async (transaction: T): Promise<StoredAnswer> => {
    const { status, body, headers = {} } = await work(transaction)
    const text = reply.code(status).serialize(body)
    return { status, headers, body: typeof text === 'string' ? text : new TextDecoder().decode(text) }
  }
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return send(reply, await transactions.run(run))

  const { seal } = exchange
  const outcome = await transactions.run((transaction) =>
    runOnce(transaction.tx, callerOf(request).tenant, {
      key,
      sha256: requestSha256(request, exchange.bodySha256 ?? jsonSha256(request)),
      work: async () => {
        const answer = await run(transaction)
        return seal === undefined ? answer : { ...answer, body: seal.close(answer.body) }
      },
    }),
  )
  if (outcome.kind === 'in_flight') {
    throw new HttpProblem('IDEMPOTENCY_IN_FLIGHT', { headers: { 'retry-after': '1' } })
  }
  if (outcome.kind === 'mismatch') {
    throw new HttpProblem('IDEMPOTENCY_MISMATCH', {
      detail: 'expected the method, address and body of the first request with this key',
    })
  }
  if (outcome.kind === 'replayed') reply.header('idempotency-replayed', 'true')
  const { answer } = outcome
  return send(reply, seal === undefined ? answer : { ...answer, body: seal.open(answer.body) })
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
