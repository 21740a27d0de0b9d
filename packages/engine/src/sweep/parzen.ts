import type { Random } from '../kernel/index.ts'
import { normalCdf } from '../metrics/index.ts'

/** A distribution over the positions 0 .. count - 1 of an axis, learnt from observed positions. */
export interface ParzenEstimator {
  /** The probability of a position, above zero everywhere. */
  readonly massAt: (position: number) => number
  readonly sample: (random: Random) => number
  /** Observes one more position, with the narrowest kernel. */
  readonly add: (position: number) => void
}

interface Kernel {
  readonly centre: number
  readonly deviation: number
  /** One over the mass of the normal distribution that falls on the axis. */
  readonly scale: number
  weight: number
}

/**
 * The adaptive Parzen estimator of Bergstra et al. 2011, section 4, on positions instead of reals: an equally
 * weighted mixture of the uniform prior and one normal kernel for each observation, cut at the ends of the axis and
 * summed over each position's unit. A kernel's deviation is the greater distance to its neighbours (the ends of the
 * axis are neighbours, too), clipped to [count / min(100, observations + 1), count] as in the authors' hyperopt.
 */
export const createParzen = (count: number, observed: readonly number[]): ParzenEstimator => {
  const narrowest = count / Math.min(100, observed.length + 1)
  const kernels = kernelsOf(count, observed, narrowest)
  const masses = new Map<number, number>()
  const added: Kernel[] = []
  const known = (position: number): number => {
    const found = masses.get(position) ?? 1 / count + sumOf(kernels, position)
    masses.set(position, found)
    return found
  }
  return {
    massAt: (position) => (known(position) + sumOf(added, position)) / (1 + observed.length + added.length),
    sample: (random) => {
      const chosen = Math.floor(random() * (observed.length + 1))
      if (chosen === observed.length) return Math.floor(random() * count)
      return samplePosition(kernelAt(kernels, chosen), count, random)
    },
    add: (position) => added.push(kernelOf(count, position, narrowest)),
  }
}

/** Equal kernels, of which long searches on short axes have many, are one with a weight. */
const kernelsOf = (count: number, observed: readonly number[], narrowest: number): readonly Kernel[] => {
  const sorted = observed.toSorted((a, b) => a - b)
  const kernels: Kernel[] = []
  for (const [index, centre] of sorted.entries()) {
    const left = centre - (sorted[index - 1] ?? -0.5)
    const right = (sorted[index + 1] ?? count - 0.5) - centre
    const deviation = Math.min(count, Math.max(narrowest, left, right))
    const last = kernels.at(-1)
    if (last?.centre === centre && last.deviation === deviation) last.weight++
    else kernels.push(kernelOf(count, centre, deviation))
  }
  return kernels
}

const kernelOf = (count: number, centre: number, deviation: number): Kernel => ({
  centre,
  deviation,
  scale: 1 / (normalCdf((count - 0.5 - centre) / deviation) - normalCdf((-0.5 - centre) / deviation)),
  weight: 1,
})

const kernelAt = (kernels: readonly Kernel[], observation: number): Kernel => {
  let rest = observation
  return kernels.find(({ weight }) => (rest -= weight) < 0)!
}

/** Beyond this many deviations a normal kernel holds less than 1e-15. */
const REACH = 8

const sumOf = (kernels: readonly Kernel[], position: number): number => {
  let sum = 0
  for (const { centre, deviation, scale, weight } of kernels) {
    const distance = Math.abs(position - centre)
    if (distance - 0.5 > REACH * deviation) continue
    const mass = normalCdf((0.5 - distance) / deviation) - normalCdf((-0.5 - distance) / deviation)
    sum += weight * scale * mass
  }
  return sum
}

/** Box & Muller 1958; what falls off the axis is drawn again, which cuts the kernel as its mass is cut. */
const samplePosition = ({ centre, deviation }: Kernel, count: number, random: Random): number => {
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    const position = Math.round(centre + deviation * radius * Math.cos(2 * Math.PI * random()))
    if (position >= 0 && position < count) return position
  }
}
