import { expect, test } from 'vitest'
import { newId } from './new-id.ts'

test('ids are UUIDs of version 7 that carry their time', () => {
  const id = newId(Date.UTC(2050, 0, 1))
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2050, 0, 1))
})

test('ids sort in the order they were made, within a millisecond and when the clock steps back', () => {
  const start = Date.UTC(2060, 0, 1)
  const ids = Array.from({ length: 20_000 }, (_, k) => newId(k === 10_000 ? start - 5000 : start))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
