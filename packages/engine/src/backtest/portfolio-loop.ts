import {
  blow,
  type BarRun,
  endOfData,
  enterAtOpen,
  leaveAtOpen,
  noteMark,
  passQuietBar,
  passThrough,
  quietRange,
} from '../paper/index.ts'
import { equityOf, type Member, type PortfolioAccount, startBar, withPurse } from './portfolio-account.ts'

/** The values of two ascending columns, each once, ascending. */
const merged = (a: Float64Array, b: Float64Array): Float64Array => {
  const all = new Float64Array(a.length + b.length)
  let [atA, atB, length] = [0, 0, 0]
  while (atA < a.length || atB < b.length) {
    const [fromA, fromB] = [a[atA] ?? Infinity, b[atB] ?? Infinity]
    all[length++] = Math.min(fromA, fromB)
    if (fromA <= fromB) atA++
    if (fromB <= fromA) atB++
  }
  return all.subarray(0, length)
}

/** All open times of the members' bars, each once, ascending. */
export const unionTime = (times: readonly Float64Array[]): Float64Array =>
  times.reduce(merged, new Float64Array(0)).slice()

/** Walks a portfolio bar by bar; bars that open at one time are led through their phases together. */
class PortfolioLoop {
  readonly #account: PortfolioAccount
  /** Members that have a bar at the time under way, in the order of the list. */
  readonly #active: Member[] = []
  isBlown = false

  constructor(account: PortfolioAccount) {
    this.#account = account
  }

  /** Returns the equity at the closes of the bars that open at `timeMs`. */
  step(timeMs: number): number {
    this.#start(timeMs)
    this.#each((run) => leaveAtOpen(run))
    this.#each((run) => enterAtOpen(run))
    this.#each((run, member) => {
      if (passThrough(run)) member.account.ambiguousBars++
    })
    this.#each((run, { series }) => {
      if (run.index === series.bars - 1) endOfData(run)
    })
    const equity = this.#mark(timeMs)
    for (const member of this.#active) this.#decide(member)
    return equity
  }

  #start(timeMs: number): void {
    const active = this.#active
    active.length = 0
    for (const member of this.#account.members) {
      const { series, next } = member
      if (next >= series.bars || series.candles.time[next] !== timeMs) continue
      active.push(member)
      member.price = series.candles.open[next]!
      member.run = this.#passes(member) ? null : startBar(this.#account, member, next)
    }
  }

  /** Nothing is held or ordered, or what is held meets nothing in its next bar. */
  #passes({ desk, series, account, quiet, next }: Member): boolean {
    if (quiet === null) return desk.isIdle()
    const isLast = next === series.bars - 1
    return !isLast && passQuietBar(account, quiet, { candles: series.candles, bar: next })
  }

  #each(phase: (run: BarRun, member: Member) => void): void {
    for (const member of this.#active) {
      const { run } = member
      if (run !== null) withPurse(this.#account, member, () => phase(run, member))
    }
  }

  #mark(timeMs: number): number {
    for (const member of this.#active) member.price = member.series.candles.close[member.next]!
    const equity = equityOf(this.#account)
    if (!(equity > 0)) {
      this.#blow()
      return 0
    }
    const [first] = this.#account.members
    if (first !== undefined) {
      withPurse(this.#account, first, () => noteMark(first.paper, first.account, { timeMs, equity }))
    }
    return equity
  }

  /** Every position is closed at its last known price; that of a member without a bar now in the last one it had. */
  #blow(): void {
    this.isBlown = true
    const { members } = this.#account
    for (const member of members.filter(({ account }) => account.position !== null)) {
      const bar = this.#active.includes(member) ? member.next : member.next - 1
      blow(member.run ?? startBar(this.#account, member, bar), member.price)
    }
  }

  #decide(member: Member): void {
    const { run, next, desk, signals, account, paper } = member
    if (run !== null || account.position !== null) desk.close(run?.events ?? [], next)
    else if (signals.bytes[next] !== 0) desk.decide(next)
    if (run !== null) member.quiet = quietRange(paper.config, account)
    else if (desk.isOrdering()) member.quiet = null
    member.run = null
    member.next++
  }
}

/**
 * Runs a portfolio over all its times and writes the equity at each. Returns the place of the time at whose close the
 * account was worth nothing; null while solvent.
 */
export const runPortfolioLoop = (
  account: PortfolioAccount,
  time: Float64Array,
  equity: Float64Array,
): number | null => {
  const loop = new PortfolioLoop(account)
  for (let at = 0; at < time.length; at++) {
    equity[at] = loop.step(time[at]!)
    if (loop.isBlown) {
      equity.fill(0, at)
      return at
    }
  }
  return null
}
