import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { nestingProblem } from '@botcriptofy/contracts/input'
import { HttpProblem } from '../problem.ts'

/** Refuses JSON that is nested deeper than what handles it can take. Streamed bodies are not JSON. */
export const installNestingLimit = (app: FastifyInstance): void => {
  app.addHook('preValidation', async ({ body }) => {
    if (body instanceof Readable) return
    const problem = nestingProblem(body, 'body')
    if (problem === undefined) return
    const { path, expected, actual } = problem
    throw new HttpProblem('INVALID_REQUEST', { detail: `${path}: expected ${expected}, was ${actual}` })
  })
}
