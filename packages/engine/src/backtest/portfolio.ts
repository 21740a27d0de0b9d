import { describeProblem, invariant } from '../kernel/index.ts'
import { type Candles, firstBarAt } from '../market/index.ts'
import type { DenialCounts } from '../orders/index.ts'
import type { BacktestConfig, PaperTrade, PathMode } from '../paper/index.ts'
import type { Program } from '../strategy/index.ts'
import { heldOf, signalsFor } from './order-run.ts'
import { createPortfolioAccount, type Member } from './portfolio-account.ts'
import { runPortfolioLoop, unionTime } from './portfolio-loop.ts'
import { type PortfolioMember, portfolioProblem } from './portfolio-problem.ts'
import { type Band, bandOf, type OpenPosition } from './run.ts'
import { firstTradableBarOf, limitRows } from './run-backtest.ts'

export interface PortfolioInput {
  readonly program: Program
  /** In the order of priority: of entries at one open the first in the list take the cash and the budget. */
  readonly members: readonly PortfolioMember[]
  readonly config: BacktestConfig
}

export interface PortfolioMemberResult {
  readonly symbol: string
  /** The bars that were used. */
  readonly candles: Candles
  /** First bar at which a fill can happen; the number of bars when there is none. */
  readonly firstTradableBar: number
  /** Bars in which the two paths gave different fills. */
  readonly ambiguousBars: number
  readonly openPosition: OpenPosition | null
  /** Its entries that were refused, by reason. */
  readonly denied: Readonly<DenialCounts>
}

/** Indexes are those of the member's own bars. */
export interface PortfolioTrade {
  readonly member: number
  readonly trade: PaperTrade
}

export interface PortfolioResult {
  readonly members: readonly PortfolioMemberResult[]
  /** Open times of all members' bars, each once, ascending. */
  readonly time: Float64Array
  /** By exit time, then entry time, then the order of the members. */
  readonly trades: readonly PortfolioTrade[]
  /** Quote units at the closes of the bars that open at each time. */
  readonly equity: Float64Array
  readonly finalEquity: number
  /** Worst and best run of the whole account; the ambiguous bars of all members together. */
  readonly band: Band
  /** Place of the first time at which a fill can happen; the number of times when there is none. */
  readonly firstTradableBar: number
  readonly denied: Readonly<DenialCounts>
  /** Place of the time at whose close the account was worth nothing; null while solvent. */
  readonly blownAtBar: number | null
}

const byExit = (a: PortfolioTrade, b: PortfolioTrade): number =>
  a.trade.exitTime - b.trade.exitTime || a.trade.entryTime - b.trade.entryTime || a.member - b.member

const tradesOf = (members: readonly Member[]): readonly PortfolioTrade[] =>
  members.flatMap(({ trades }, member) => trades.map((trade) => ({ member, trade }))).sort(byExit)

const deniedOf = (members: readonly PortfolioMemberResult[]): DenialCounts => {
  const [first, ...others] = members.map(({ denied }) => denied)
  invariant(first !== undefined, 'a portfolio has members')
  const sum = { ...first }
  for (const denied of others) {
    for (const code of Object.keys(denied) as (keyof DenialCounts)[]) {
      sum[code] = (sum[code] ?? 0) + (denied[code] ?? 0)
    }
  }
  return sum
}

const memberResult = ({ program, config }: PortfolioInput, { symbol, series, account }: Member) => ({
  symbol,
  candles: series.candles,
  firstTradableBar: firstTradableBarOf(program, series, config),
  ambiguousBars: account.ambiguousBars,
  openPosition: account.position === null ? null : heldOf(account.position),
  denied: account.denied,
})

const firstTradablePlace = (time: Float64Array, members: readonly PortfolioMemberResult[]): number =>
  members.reduce(
    (place, { candles, firstTradableBar }) =>
      firstTradableBar < candles.time.length
        ? Math.min(place, firstBarAt(time, candles.time[firstTradableBar]!))
        : place,
    time.length,
  )

/**
 * Runs one strategy over several symbols that share the cash and the risk budget of one account. Of one member it is
 * the run of that member, to the last bit. Throws a RangeError where the members cannot share an account.
 */
export const runPortfolio = (input: PortfolioInput): PortfolioResult => {
  const { program, config } = input
  const problem = portfolioProblem(input.members)
  if (problem !== null) throw new RangeError(describeProblem(problem))
  const members = input.members.map(({ symbol, series: whole }) => {
    const series = limitRows(whole, config.rows)
    return { symbol, series, signals: signalsFor(program, series, config) }
  })
  const time = unionTime(members.map(({ series }) => series.candles.time))
  const runBy = (path: PathMode) => {
    const equity = new Float64Array(time.length)
    const account = createPortfolioAccount(program, { ...config, path }, members)
    const blownAtBar = runPortfolioLoop(account, time, equity)
    const ambiguousBars = account.members.reduce((sum, { account: own }) => sum + own.ambiguousBars, 0)
    const finalEquity = equity[equity.length - 1] ?? config.initialCapital
    return { account, equity, blownAtBar, ambiguousBars, finalEquity }
  }
  const run = runBy(config.path)
  const { account, equity, finalEquity, blownAtBar } = run
  const band = bandOf(run, config.path, runBy)
  for (const { series, signals } of members) series.giveBackFlags(signals)
  const results = account.members.map((member) => memberResult(input, member))
  return {
    members: results,
    time,
    trades: tradesOf(account.members),
    equity,
    finalEquity,
    band,
    firstTradableBar: firstTradablePlace(time, results),
    denied: deniedOf(results),
    blownAtBar,
  }
}
