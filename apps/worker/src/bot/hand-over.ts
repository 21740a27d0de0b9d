import { setImmediate } from 'node:timers/promises'
import { type BotLease, handOverBots } from '@botcriptofy/store/bot'
import type { Db } from '@botcriptofy/store/database'

/** Hands bots over, those of one turn of the event loop together: when a process ends, all of its bots come at once. */
export const createHandOver = (db: Db): ((lease: BotLease) => Promise<void>) => {
  let waiting: BotLease[] = []
  let turn: Promise<void> | undefined
  const handOver = async () => {
    await setImmediate()
    const leases = waiting
    waiting = []
    turn = undefined
    await handOverBots(db, leases)
  }
  return (lease) => {
    waiting.push(lease)
    turn ??= handOver()
    return turn
  }
}
