import { type Random, seededRandom } from '@botcriptofy/engine/kernel'

/** Draws from one seeded stream. */
export interface Draw {
  /** True with the given probability. */
  readonly chance: (probability: number) => boolean
  /** Uniform in [low, high). */
  readonly between: (low: number, high: number) => number
  /** A whole number, both ends included. */
  readonly whole: (low: number, high: number) => number
  /** One element of a list that has some. */
  readonly pick: <const List extends readonly unknown[]>(list: List) => List[number]
  /** Mean 0, deviation 1, without far tails (the sum of twelve uniforms). */
  readonly normal: () => number
}

const drawFrom = (random: Random): Draw => {
  const whole = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
  return {
    chance: (probability) => random() < probability,
    between: (low, high) => low + random() * (high - low),
    whole,
    pick: (list) => list[whole(0, list.length - 1)],
    normal: () => {
      let sum = -6
      for (let i = 0; i < 12; i++) sum += random()
      return sum
    },
  }
}

export const createDraw = (seed: number): Draw => drawFrom(seededRandom(seed))
