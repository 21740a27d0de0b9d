import type { Market } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { Redis } from '@botcriptofy/runtime/redis'
import { readMarkets } from '@botcriptofy/runtime/stream'

const EVERY_MS = 1000

export interface MarketStates {
  /** Tells the state of all markets now and every second; returns what ends it. */
  readonly listen: (listener: (items: readonly Market[]) => void) => () => void
}

/** Read once for all connections of the process, and not at all while nobody listens. */
export const createMarketStates = (redis: Redis, log: Log): MarketStates => {
  const listeners = new Set<(items: readonly Market[]) => void>()
  let timer: NodeJS.Timeout | undefined

  const tell = async () => {
    try {
      const items = await readMarkets(redis, Date.now())
      for (const listener of listeners) listener(items)
    } catch (error) {
      log.warn({ err: error }, 'could not read the states of the markets')
    }
    timer = listeners.size > 0 ? setTimeout(() => void tell(), EVERY_MS) : undefined
  }

  return {
    listen: (listener) => {
      listeners.add(listener)
      timer ??= setTimeout(() => void tell(), 0)
      return () => listeners.delete(listener)
    },
  }
}
