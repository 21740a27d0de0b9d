import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shareSlots, type TenantQueue } from './fair-share.ts'

interface Chunk {
  readonly tenantId: string
  readonly costMs: number
}

const QUANTUM = 100
const queueOf = (tenantId: string, costs: readonly number[], creditMs = QUANTUM): TenantQueue<Chunk> => ({
  tenantId,
  creditMs,
  weight: 1,
  chunks: costs.map((costMs) => ({ tenantId, costMs })),
})
const same = (count: number, costMs: number) => Array.from({ length: count }, () => costMs)
const names = (taken: readonly Chunk[]) => taken.map(({ tenantId }) => tenantId).join('')

describe('shareSlots', () => {
  test('lets tenants of equal chunks alternate', () => {
    const { taken } = shareSlots([queueOf('a', same(9, 100)), queueOf('b', same(9, 100))], {
      slots: 6,
      quantumMs: QUANTUM,
    })
    expect(names(taken)).toBe('ababab')
  })

  test('gives the tenant of small chunks more of them', () => {
    const { taken } = shareSlots([queueOf('a', same(9, 100)), queueOf('b', same(9, 25))], {
      slots: 10,
      quantumMs: QUANTUM,
    })
    expect(names(taken)).toBe('abbbbabbbb')
  })

  test('saves up for a chunk that costs several turns', () => {
    const { taken } = shareSlots([queueOf('a', same(2, 300)), queueOf('b', same(9, 100))], {
      slots: 5,
      quantumMs: QUANTUM,
    })
    expect(names(taken)).toBe('bbabb')
  })

  test('forgets a tenant that has nothing left', () => {
    const { turns } = shareSlots([queueOf('a', [10]), queueOf('b', same(9, 100))], {
      slots: 4,
      quantumMs: QUANTUM,
    })
    expect(turns.map(({ tenantId }) => tenantId)).toEqual(['b'])
  })

  test('one slot at a time gives every tenant the same time, whatever its chunks cost', () => {
    const cost = fc.integer({ min: 1, max: 400 })
    fc.assert(
      fc.property(fc.array(cost, { minLength: 2, maxLength: 5 }), (costs) => {
        let turns = costs.map((_, k) => ({ tenantId: String(k), creditMs: QUANTUM }))
        const spent = costs.map(() => 0)
        for (let turn = 0; turn < 3000; turn++) {
          const queues = turns.map(({ tenantId, creditMs }) =>
            queueOf(tenantId, [costs[Number(tenantId)]!, costs[Number(tenantId)]!], creditMs),
          )
          const share = shareSlots(queues, { slots: 1, quantumMs: QUANTUM })
          for (const chunk of share.taken) spent[Number(chunk.tenantId)]! += chunk.costMs
          turns = [...share.turns]
        }
        // The bound of the published proof: two quanta and a chunk.
        expect(Math.max(...spent) - Math.min(...spent)).toBeLessThanOrEqual(2 * QUANTUM + 400)
      }),
      { seed: 5, numRuns: 40 },
    )
  })

  test('gives a tenant of twice the weight twice as much', () => {
    const queues = [queueOf('a', same(20, 50)), { ...queueOf('b', same(20, 50), 2 * QUANTUM), weight: 2 }]
    const { taken } = shareSlots(queues, { slots: 12, quantumMs: QUANTUM })
    expect(names(taken)).toBe('aabbbbaabbbb')
  })

  test('lets who is in debt pass its turns until it is paid, also with nothing to hand out', () => {
    const queues = [queueOf('a', [], -250), queueOf('b', same(9, 100), -100), queueOf('c', same(9, 100))]
    const first = shareSlots(queues, { slots: 3, quantumMs: QUANTUM })
    expect(names(first.taken)).toBe('ccb')
    // Its third turn has brought it above 0, with which the next one ends its stay.
    expect(first.turns.find(({ tenantId }) => tenantId === 'a')?.creditMs).toBe(50)
  })

  test('forgives debts when nobody else waits', () => {
    const { taken, turns } = shareSlots([queueOf('a', [], -250), queueOf('b', same(1, 100), -500)], {
      slots: 3,
      quantumMs: QUANTUM,
    })
    expect([names(taken), turns]).toEqual(['b', []])
  })
})
