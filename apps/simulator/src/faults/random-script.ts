import { seededRandom } from '@botcriptofy/engine/kernel'
import {
  type Fault,
  type FaultOrder,
  FAULTS,
  faultOrder,
  isFaultOf,
  isFrameFault,
  type RandomFaults,
} from './fault-order.ts'

/** Connections among which one is picked; exchanges have fewer of one client. */
const MOST_CONNECTIONS = 16
const LONGEST_MS = 5000

/**
 * A script drawn from a seed: moments as far apart as independent events are, faults that the exchange has, on one of its
 * connections or on all.
 */
export const randomScript = (options: RandomFaults): readonly FaultOrder[] => {
  const { forMs, everyMs, venues, faults = FAULTS } = options
  const random = seededRandom(options.seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const script: FaultOrder[] = []
  let afterMs = 0
  for (;;) {
    afterMs += Math.ceil(-Math.log(1 - random()) * everyMs)
    if (afterMs > forMs) return script
    const venue = venues[below(venues.length)]!
    const possible = faults.filter((fault) => isFaultOf(venue, fault))
    const fault = possible[below(possible.length)]
    const pick = random() < 0.5 ? { pick: below(MOST_CONNECTIONS) } : {}
    const details = fault && detailsOf(fault, below)
    if (fault) script.push(faultOrder.parse({ venue, fault, afterMs, ...pick, ...details }))
  }
}

/** How much of a fault; those of clients' subscriptions last, as nobody knows when the next subscription is. */
const detailsOf = (fault: Fault, below: (limit: number) => number): Partial<FaultOrder> => {
  if (isFrameFault(fault)) return { times: 1 + below(3) }
  const lasts = { forMs: 1 + below(LONGEST_MS) }
  switch (fault) {
    case 'slowPings':
    case 'maintenance':
    case 'silentAck':
    case 'lostRequest':
    case 'snapshotTwice':
    case 'thinSnapshot':
    case 'hugeSnapshot':
      return lasts
    case 'clockSkew':
      return { ...lasts, skewMs: below(20_000) - 10_000 }
    case 'dayCut':
    case 'shutdown':
      return { lifeMs: below(LONGEST_MS) }
    default:
      return {}
  }
}
