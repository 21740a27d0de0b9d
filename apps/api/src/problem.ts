import { type ProblemCode, type ProblemError, PROBLEMS } from '@botcriptofy/contracts/problem'
import type { Problem } from '@botcriptofy/engine/kernel'

export interface ProblemDetails {
  /** What was expected and what it was, for the person who reads the answer. */
  readonly detail?: string | undefined
  readonly errors?: readonly ProblemError[] | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

/** Thrown by routes and hooks; the error handler answers with the RFC 9457 problem of the code. */
export class HttpProblem extends Error {
  readonly code: ProblemCode
  readonly statusCode: number
  readonly detail: string | undefined
  readonly errors: readonly ProblemError[]
  readonly headers: Readonly<Record<string, string>>
  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? PROBLEMS[code].title, { cause: details.cause })
    this.code = code
    this.statusCode = PROBLEMS[code].status
    this.detail = details.detail
    this.errors = details.errors ?? []
    this.headers = details.headers ?? {}
  }
}

/** A foreign tenant's row and a row that never was are the same to the caller. */
export const notFound = (what: string): HttpProblem =>
  new HttpProblem('NOT_FOUND', { detail: `there is no ${what} with this id` })

/** The engine's problems as the answer lists them. */
export const problemErrors = (problems: readonly Problem[]): ProblemError[] =>
  problems.map(({ path, expected, actual }) => ({ path, message: `expected ${expected}, was ${actual}` }))
