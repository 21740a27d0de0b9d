import { describeProblem } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputProblems } from './input.ts'

const schema = z.strictObject({
  name: z.string(),
  count: z.int().min(1),
  kind: z.enum(['a', 'b']).optional(),
  id: z
    .string()
    .regex(/^[a-z]+$/, { error: 'lower case letters' })
    .optional(),
  nodes: z.array(z.union([z.number(), z.strictObject({ ref: z.string() })])).optional(),
})

const messagesOf = (input: unknown): string[] => {
  const parsed = schema.safeParse(input)
  return parsed.success ? [] : inputProblems(parsed.error, input).map(describeProblem)
}

describe('inputProblems', () => {
  it('says what a key of a record has to be', () => {
    const record = z.record(z.string().regex(/^[a-z]+$/, { error: 'lower case letters' }), z.number())
    const parsed = record.safeParse({ A1: 1 })
    expect(parsed.error && inputProblems(parsed.error, { A1: 1 }).map(describeProblem)).toEqual([
      'A1: expected a key that is lower case letters, was "A1"',
    ])
  })

  it('says what is wrong with a value that is nested deeper than the stack', () => {
    const levels = 100_000
    const deep: unknown = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
    expect(messagesOf({ name: deep, count: 1 })).toEqual(['name: expected text, was nested too deep to show'])
    expect(messagesOf({ name: 'x', count: 1, zz: deep })).toEqual([
      'zz: expected no key of this name, was nested too deep to show',
    ])
  })

  it.each<[unknown, string[]]>([
    [{ name: 'x', count: 1 }, []],
    [null, ['$: expected an object, was null']],
    [{ count: 1 }, ['name: expected text, was missing']],
    [{ name: 'x', count: 0 }, ['count: expected at least 1, was 0']],
    [{ name: 'x', count: 1.5 }, ['count: expected a whole number, was 1.5']],
    [{ name: 'x', count: 1, kind: 'c' }, ['kind: expected "a" or "b", was "c"']],
    [{ name: 'x', count: 1, id: 'A1' }, ['id: expected lower case letters, was "A1"']],
    [{ name: 'x', count: 1, more: [1] }, ['more: expected no key of this name, was [1]']],
    [{ name: 'x', count: 1, nodes: [1, { ref: 2 }] }, ['nodes[1].ref: expected text, was 2']],
    [
      { name: 'x', count: 1, nodes: [{ ref: 'a', at: 1 }] },
      ['nodes[0].at: expected no key of this name, was 1'],
    ],
    [
      { name: 1, count: 'x'.repeat(80) },
      ['name: expected text, was 1', `count: expected a number, was "${'x'.repeat(59)}…`],
    ],
  ])('says of %j where and what', (input, messages) => {
    expect(messagesOf(input)).toEqual(messages)
  })
})
