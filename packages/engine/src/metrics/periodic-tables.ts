export const PERIODS = ['day', 'week', 'month', 'year'] as const
export type Period = (typeof PERIODS)[number]

/** The return of one calendar period, UTC. The first and the last period may be tested in part only. */
export interface PeriodReturn {
  /** First instant of the period, epoch ms: midnight, of a Monday, a first of the month or a first of January. */
  readonly fromMs: number
  /** Last equity of the period over the last one before it, less 1. */
  readonly returnFraction: number
}

export interface PeriodSummary {
  readonly periods: number
  /** The earliest of equals; null without periods. */
  readonly best: PeriodReturn | null
  readonly worst: PeriodReturn | null
  /** Share of the periods with a return above zero; null without periods. */
  readonly positiveFraction: number | null
  /** Mean of the returns; null without periods. */
  readonly meanReturn: number | null
}

/** The trades entered in one hour of the week; a trade is entered when its entry bar opens, UTC. */
export interface EntryHour {
  /** ISO: 1 is Monday, 7 is Sunday. */
  readonly weekday: number
  /** 0 to 23. */
  readonly hour: number
  readonly trades: number
  readonly wins: number
  /** Sum, quote units, net of fees. */
  readonly pnl: number
  /** Mean of the trades' returns, a fraction of what was entered with. */
  readonly meanReturn: number
}

/** Returns by calendar period from the daily equity, and results by the hour of entry. */
export interface PeriodicTables {
  readonly summary: Readonly<Record<Period, PeriodSummary>>
  /** In order, without holes: a month without bars has the return 0. */
  readonly months: readonly PeriodReturn[]
  readonly years: readonly PeriodReturn[]
  /** Hours with at least one trade, by weekday, then hour. */
  readonly entryHours: readonly EntryHour[]
}
