import { describeProblem } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputProblems } from './input.ts'
import { recordOf } from './record.ts'

const schema = z.strictObject({
  sizes: recordOf(z.string().regex(/^[a-z]+$/, { error: 'lower case' }), z.number()),
})

const messagesOf = (json: string): string[] => {
  const input: unknown = JSON.parse(json)
  const parsed = schema.safeParse(input)
  return parsed.success ? [] : inputProblems(parsed.error, input).map(describeProblem)
}

describe('recordOf', () => {
  it('takes what a record takes, and gives it back', () => {
    expect(schema.parse({ sizes: { a: 1, b: 2 } })).toEqual({ sizes: { a: 1, b: 2 } })
    expect(schema.parse({ sizes: {} })).toEqual({ sizes: {} })
  })

  it.each([
    ['{"sizes":{"__proto__":1}}', ['sizes.__proto__: expected no key of this name, was 1']],
    ['{"sizes":{"a":1,"__proto__":{"b":2}}}', ['sizes.__proto__: expected no key of this name, was {"b":2}']],
    ['{"sizes":{"A":1}}', ['sizes.A: expected a key that is lower case, was "A"']],
    ['{"sizes":{"a":"1"}}', ['sizes.a: expected a number, was "1"']],
    ['{"sizes":[]}', ['sizes: expected an object, was []']],
    ['{}', ['sizes: expected an object, was missing']],
  ])('refuses %s with the path', (json, messages) => {
    expect(messagesOf(json)).toEqual(messages)
  })
})
