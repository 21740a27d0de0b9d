import { createBarReader } from '../bot/index.ts'
import {
  type BacktestConfig,
  type BarRun,
  createBarRun,
  createPaperAccount,
  createPaperSetup,
  markedEquity,
  type OtherPosition,
  type PaperAccount,
  type PaperBar,
  type PaperSetup,
  type PaperTrade,
  type QuietRange,
} from '../paper/index.ts'
import type { RiskBudget } from '../risk/index.ts'
import type { FlagColumn, Program, SeriesColumns } from '../strategy/index.ts'
import { OrderDesk } from './order-desk.ts'

export interface MemberInput {
  readonly symbol: string
  readonly series: SeriesColumns
  /** ENTRY_… and EXIT_… bits of each bar; 0 where no signal is allowed. */
  readonly signals: FlagColumn
}

/** A symbol on its way through a run. */
export interface Member extends MemberInput {
  readonly paper: PaperSetup
  /** Its position and its orders; cash and budget are lent to it by `withPurse`. */
  readonly account: PaperAccount
  readonly desk: OrderDesk
  readonly barAt: (index: number) => PaperBar
  readonly trades: PaperTrade[]
  /** The bar that comes next. */
  next: number
  /** The last price that is known. */
  price: number
  /** The bar under way; null where it brings nothing. */
  run: BarRun | null
  /** Where the held position meets nothing; null without one, or while orders are under way. */
  quiet: QuietRange | null
}

/** What the members of a portfolio share. */
export interface Purse {
  cash: number
  risk: RiskBudget | null
}

/** One account that trades several symbols: members in their order of priority. */
export interface PortfolioAccount {
  readonly members: readonly Member[]
  readonly purse: Purse
}

const createMember = (program: Program, config: BacktestConfig, input: MemberInput): Member => {
  const { symbol, series } = input
  const { candles, bars, barMs = Infinity } = series
  const paper = createPaperSetup(program.strategy, config, { symbol, barMs })
  const account = createPaperAccount(paper)
  return {
    ...input,
    paper,
    account,
    desk: new OrderDesk({ ...input, program, paper, account }),
    barAt: createBarReader({ candles, bars, barMs }),
    trades: [],
    next: 0,
    price: 0,
    run: null,
    quiet: null,
  }
}

export const createPortfolioAccount = (
  program: Program,
  config: BacktestConfig,
  inputs: readonly MemberInput[],
): PortfolioAccount => {
  const members = inputs.map((input) => createMember(program, config, input))
  // All start with the same cash and an equal budget, of which the account keeps one.
  return {
    members,
    purse: { cash: config.initialCapital, risk: members[0]?.account.risk ?? null },
  }
}

/** Positions of the other members at their last known prices. */
const othersOf = ({ members }: PortfolioAccount, member: Member): readonly OtherPosition[] => {
  const others: OtherPosition[] = []
  for (const other of members) {
    const { position } = other.account
    if (other !== member && position !== null) {
      others.push({ symbol: other.symbol, position, price: other.price })
    }
  }
  return others
}

/** Takes the bar with this index up, to be led through the phases. */
export const startBar = (account: PortfolioAccount, member: Member, index: number): BarRun => {
  const bar = member.barAt(index)
  return createBarRun(member.paper, member.account, {
    index,
    time: bar.time,
    bar,
    log: { events: [], trades: member.trades },
    others: () => othersOf(account, member),
  })
}

/** Lends cash and budget to a member for a phase of its bar. */
export const withPurse = <T>({ purse }: PortfolioAccount, { account }: Member, phase: () => T): T => {
  account.cash = purse.cash
  account.risk = purse.risk
  const result = phase()
  purse.cash = account.cash
  purse.risk = account.risk
  return result
}

/** Cash and all positions at their last known prices, quote units; the exit fees not reserved. */
export const equityOf = ({ members, purse }: PortfolioAccount): number =>
  members.reduce(
    (cash, { account: { position }, price }) => markedEquity({ cash, position }, price),
    purse.cash,
  )
