import { MARKET_SHARDS } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayTake, rendezvousOrder } from './placement.ts'

const SHARDS = Array.from({ length: MARKET_SHARDS }, (_, shard) => shard)
const fleets = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 })

describe('rendezvousOrder', () => {
  it('is the same for all who know the same streamers, whatever order they know them in', () => {
    fc.assert(
      fc.property(fleets, fc.nat(15), (fleet, shard) => {
        const order = rendezvousOrder(shard, fleet)
        expect(rendezvousOrder(shard, fleet.toReversed())).toEqual(order)
        expect(order.toSorted()).toEqual(fleet.toSorted())
      }),
      { seed: 7 },
    )
  })

  it('moves nothing between streamers that stay when one joins or leaves', () => {
    fc.assert(
      fc.property(fleets, fc.nat(15), (fleet, shard) => {
        const [gone, ...rest] = fleet
        const order = rendezvousOrder(shard, fleet)
        expect(order.filter((instance) => instance !== gone)).toEqual(rendezvousOrder(shard, rest))
      }),
      { seed: 7 },
    )
  })

  it('gives every streamer its share', () => {
    const fleet = ['a', 'b', 'c', 'd']
    const counts = fleet.map(
      (name) => SHARDS.filter((shard) => rendezvousOrder(shard, fleet)[0] === name).length,
    )
    expect(counts.every((count) => count > 0)).toBe(true)
  })
})

describe('a shard that nobody has', () => {
  it.each([
    ['is taken at once by one who is alone', { rank: 0, isAlone: true, isWarm: false, freeMs: 0 }, true],
    ['is taken at once by the first, if warm', { rank: 0, isAlone: false, isWarm: true, freeMs: 0 }, true],
    ['is left to the first for a second', { rank: 1, isAlone: false, isWarm: true, freeMs: 999 }, false],
    ['is taken then by the second, if warm', { rank: 1, isAlone: false, isWarm: true, freeMs: 1000 }, true],
    ['is left to the warm for a while', { rank: 0, isAlone: false, isWarm: false, freeMs: 2999 }, false],
    [
      'is taken by the first if nobody is warm',
      { rank: 0, isAlone: false, isWarm: false, freeMs: 3000 },
      true,
    ],
    [
      'is not the second’s if nobody is warm',
      { rank: 1, isAlone: false, isWarm: false, freeMs: 9000 },
      false,
    ],
  ])('%s', (_, candidate, isTaken) => {
    expect(mayTake(candidate)).toBe(isTaken)
  })
})
