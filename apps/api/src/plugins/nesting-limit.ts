import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { HttpProblem } from '../problem.ts'

/** Far more than any rule a person writes; JSON.stringify and Postgres recurse, and fail at some thousands. */
const MAX_LEVELS = 200

/** Refuses JSON that is nested deeper than what handles it can take. Streamed bodies are not JSON. */
export const installNestingLimit = (app: FastifyInstance): void => {
  app.addHook('preValidation', async ({ body }) => {
    if (body instanceof Readable || !isDeeper(body, MAX_LEVELS)) return
    throw new HttpProblem('INVALID_REQUEST', {
      detail: `body: expected at most ${MAX_LEVELS} levels of lists and objects, was more`,
    })
  })
}

/** Level by level, because recursion is what this protects from. */
const isDeeper = (value: unknown, levels: number): boolean => {
  let level = [value]
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((item): unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    )
    if (level.length === 0) return false
  }
  return true
}
