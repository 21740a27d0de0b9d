import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectationOf } from './expectation.ts'

const kinds = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('limit') }),
  z.object({ kind: z.literal(['stop', 'oco']) }),
])

describe('expectationOf', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.string(), 1, 'text'],
    [z.number(), '1', 'a number'],
    [z.number(), Infinity, 'a finite number'],
    [z.coerce.number(), 'x', 'a number'],
    [z.int(), 1.5, 'a whole number'],
    [z.int(), 1e300, 'at most 9007199254740991'],
    [z.boolean(), 'yes', 'true or false'],
    [z.preprocess((value) => value, z.string().optional()).nonoptional(), undefined, 'a value'],
    [z.array(z.int()), {}, 'a list'],
    [z.object({}), [], 'an object'],
    [z.record(z.string(), z.int()), 5, 'an object'],
    [z.tuple([z.int()]), 5, 'a list'],
    [z.number().min(1), 0, 'at least 1'],
    [z.number().gt(-1), -1, 'more than -1'],
    [z.number().max(1), 2, 'at most 1'],
    [z.number().lt(1), 1, 'less than 1'],
    [z.string().min(1), '', 'at least 1 character'],
    [z.string().max(3), 'four', 'at most 3 characters'],
    [z.string().length(2), 'x', 'exactly 2 characters'],
    [z.array(z.int()).min(1), [], 'at least 1 item'],
    [z.tuple([z.int(), z.int()]), [1, 2, 3], 'at most 2 items'],
    [z.number().multipleOf(5), 3, 'a multiple of 5'],
    [z.enum(['worst', 'best', 'ohlc']), 'x', '"worst", "best" or "ohlc"'],
    [z.literal('limit'), 'x', '"limit"'],
    [z.literal([1, true]), 'x', '1 or true'],
    [z.uuid(), 'x', 'a UUID'],
    [z.url(), 'x', 'a URL'],
    [z.iso.datetime(), 'x', 'a time such as 2024-01-31T13:00:00Z'],
    [z.string().regex(/^a/), 'x', 'text like /^a/'],
    [z.string().regex(/^a/, { error: 'a word with a' }), 'x', 'a word with a'],
    [z.string().regex(/^a/, { error: 'Invalid nothing' }), 'x', 'text like /^a/'],
    [z.union([z.string(), z.number()]), null, 'text or a number'],
    [kinds, { kind: 'market' }, '"limit", "stop" or "oco"'],
    [kinds, 5, 'an object'],
    [z.strictObject({}), { a: 1 }, 'no key of this name'],
    [z.int().refine((n) => n > 1, { error: 'a number above one' }), 1, 'a number above one'],
  ])('of schema %# says what was expected of %j', (schema, input, expected) => {
    const [issue] = schema.safeParse(input).error?.issues ?? []
    expect(issue && expectationOf(issue)).toBe(expected)
  })
})
