import { expect, test } from 'vitest'
import { createRunGate } from './run-gate.ts'

const open = () => {
  const gate = createRunGate()
  const inside = new Set<string>()
  const end: Record<string, () => void> = {}
  const enter = (name: string, mode: 'beside others' | 'alone' = 'beside others') =>
    gate.enter(mode, async () => {
      inside.add(name)
      await new Promise<void>((resolve) => (end[name] = resolve))
      inside.delete(name)
    })
  return { enter, inside, end }
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('what is asked to be alone waits for those inside, and the ones behind it wait for it', async () => {
  const { enter, inside, end } = open()
  const all = [enter('a'), enter('b'), enter('c', 'alone'), enter('d'), enter('e', 'alone'), enter('f')]
  await settled()
  expect([...inside]).toEqual(['a', 'b'])
  end['a']?.()
  await settled()
  expect([...inside]).toEqual(['b'])
  for (const [name, next] of [
    ['b', ['c']],
    ['c', ['d']],
    ['d', ['e']],
    ['e', ['f']],
    ['f', []],
  ] as const) {
    end[name]?.()
    await settled()
    expect([...inside]).toEqual(next)
  }
  await Promise.all(all)
})

test('work that fails frees its place', async () => {
  const gate = createRunGate()
  await expect(gate.enter('alone', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate.enter('alone', () => Promise.resolve(1))).toBe(1)
})
