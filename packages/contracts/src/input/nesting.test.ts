import { describeProblem } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { nestingProblem } from './nesting.ts'

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

describe('nestingProblem', () => {
  it.each([
    ['a number', 5],
    ['nothing', null],
    ['a flat object', { a: 1, b: [2] }],
    ['200 levels', nested(200)],
    ['200 levels of objects', JSON.parse(`${'{"not":'.repeat(200)}1${'}'.repeat(200)}`)],
  ])('lets %s pass', (_, value) => {
    expect(nestingProblem(value, 'body')).toBeUndefined()
  })

  it.each([
    ['one level more', [1, nested(201)]],
    ['more levels than the stack', nested(100_000)],
  ])('refuses %s', (_, value) => {
    const problem = nestingProblem(value, 'body')
    expect(problem && describeProblem(problem)).toBe(
      'body: expected at most 200 levels of lists and objects, was more',
    )
  })
})
