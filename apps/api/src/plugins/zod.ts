import type { FastifyInstance } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { inputProblems } from '@botcriptofy/contracts/input'
import type { ProblemError } from '@botcriptofy/contracts/problem'
import { HttpProblem } from '../problem.ts'

/** Where the parts of a request stand in an error's path; the body's paths start at its root. */
const PLACES: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'headers' }

/** What a schema found wrong with a part of the request, as the answer shows it. */
export const zodProblemErrors = (error: z.ZodError, input: unknown, place = ''): ProblemError[] =>
  inputProblems(error, input).map(({ path, expected, actual }) => ({
    path: place === '' ? path : path === '$' ? place : `${place}.${path}`,
    message: `expected ${expected}, was ${actual}`,
  }))

/**
 * Lets the routes of this scope describe themselves with zod. Never set on the root: routes of other plugins carry
 * JSON Schema, which these compilers refuse.
 */
export const withZod = (app: FastifyInstance) => {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (data) => {
    const parsed = schema.safeParse(data)
    if (parsed.success) return { value: parsed.data }
    const errors = zodProblemErrors(parsed.error, data, PLACES[httpPart ?? ''])
    return { error: new HttpProblem('INVALID_REQUEST', { errors }) }
  })
  app.setSerializerCompiler(serializerCompiler)
  return app.withTypeProvider<ZodTypeProvider>()
}

export type ZodApp = ReturnType<typeof withZod>
