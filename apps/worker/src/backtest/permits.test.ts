import { expect, test } from 'vitest'
import { createPermits } from './permits.ts'

const never = new AbortController().signal

test('gives so many places at once, and a freed one to who came first', async () => {
  const take = createPermits(2)
  const order: string[] = []
  const one = await take(never)
  const two = await take(never)
  const three = take(never).then((release) => {
    order.push('three')
    return release
  })
  const four = take(never).then((release) => {
    order.push('four')
    return release
  })
  await Promise.resolve()
  expect(order).toEqual([])
  one()
  await three
  two()
  await four
  expect(order).toEqual(['three', 'four'])
})

test('who gives up waiting takes no place', async () => {
  const take = createPermits(1)
  const release = await take(never)
  const impatient = new AbortController()
  const waiting = take(impatient.signal)
  impatient.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(take(impatient.signal)).rejects.toThrow('enough')
  release()
  expect(await take(never)).toBeTypeOf('function')
})
