import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { HttpProblem } from '../problem.ts'
import { pageOfRows, readCursor } from './cursor.ts'

const pageOf = (rows: readonly number[], limit: number) =>
  pageOfRows(rows, { list: 'numbers', limit, itemOf: (row) => row, placeOf: (row) => row })

describe('a page', () => {
  it('has no cursor when no row was left over', () => {
    expect(pageOf([1, 2], 2)).toEqual({ items: [1, 2], nextCursor: null })
    expect(pageOf([], 2)).toEqual({ items: [], nextCursor: null })
  })

  it('leads to the place where it ended', () => {
    const { items, nextCursor } = pageOf([1, 2, 3], 2)
    expect(items).toEqual([1, 2])
    expect(readCursor('numbers', nextCursor ?? '', z.int())).toBe(2)
  })
})

describe('readCursor', () => {
  it.each([
    ['of another list', Buffer.from('["letters",1]').toString('base64url')],
    ['with another place', Buffer.from('["numbers","x"]').toString('base64url')],
    ['that is no JSON', 'abc'],
    ['that is no list', Buffer.from('{}').toString('base64url')],
  ])('refuses a cursor %s', (_name, cursor) => {
    expect(() => readCursor('numbers', cursor, z.int())).toThrow(HttpProblem)
  })
})
