import { z } from 'zod'

const id = z.union([z.int().nonnegative(), z.string().max(36)])
const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS'] as const
const request = z.object({
  method: z.enum(METHODS),
  params: z.array(z.string()).default([]),
  id,
})

/** Answers one text frame of a client as Binance does and changes its set of streams. */
export const answerRequest = (frame: string, streams: Set<string>): object => {
  let message: unknown
  try {
    message = JSON.parse(frame)
  } catch (error) {
    return { code: 3, msg: `Invalid JSON: ${error instanceof Error ? error.message : ''}` }
  }
  const parsed = request.safeParse(message)
  if (!parsed.success) return { code: 2, msg: `Invalid request: ${reasonOf(parsed.error)}` }
  const { method, params } = parsed.data
  // Names of unknown markets are taken like any other; they just stay silent.
  if (method === 'SUBSCRIBE') for (const stream of params) streams.add(stream)
  if (method === 'UNSUBSCRIBE') for (const stream of params) streams.delete(stream)
  return { result: method === 'LIST_SUBSCRIPTIONS' ? [...streams] : null, id: parsed.data.id }
}

const reasonOf = (error: z.ZodError): string => {
  const name = String(error.issues[0]?.path[0] ?? '')
  if (name === 'id') return 'request ID must be an unsigned integer or a string'
  if (name === 'method') return `unknown or missing method, expected one of ${METHODS.join(', ')}`
  return name === 'params' ? 'params must be a list of stream names' : 'expected an object'
}
