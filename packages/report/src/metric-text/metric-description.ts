import type { MetricKey } from '@botcriptofy/engine/metrics'

export type MetricKind = 'percent' | 'ratio' | 'money' | 'count' | 'duration'

export const METRIC_GROUPS = ['Return', 'Market', 'Risk', 'Ratios', 'Costs', 'Trades'] as const
export type MetricGroup = (typeof METRIC_GROUPS)[number]

export interface MetricDescription {
  readonly label: string
  readonly kind: MetricKind
  readonly group: MetricGroup
  /** The definition in one line. */
  readonly meaning: string
}

const of =
  (group: MetricGroup) =>
  (label: string, kind: MetricKind, meaning: string): MetricDescription => ({ label, kind, group, meaning })

const ret = of('Return')
const risk = of('Risk')
const rat = of('Ratios')
const market = of('Market')
const trade = of('Trades')
const cost = of('Costs')

/** How each metric is called, shown and defined. */
export const METRIC_DESCRIPTIONS: Readonly<Record<MetricKey, MetricDescription>> = {
  totalReturn: ret('Total return', 'percent', 'last equity over initial capital, less 1'),
  cagr: ret('CAGR', 'percent', 'compound growth a year of 365 days'),
  volatilityAnn: risk('Volatility', 'percent', 'deviation of daily returns, annualised'),
  sharpe: rat('Sharpe', 'ratio', 'mean daily return above the risk-free rate over its deviation, annualised'),
  sortino: rat('Sortino', 'ratio', 'like Sharpe, over the downside deviation of all days'),
  calmar: rat('Calmar', 'ratio', 'CAGR over the largest drawdown'),
  omega: rat('Omega', 'ratio', 'sum of gaining days over sum of losing days'),
  gainToPain: rat('Gain to pain', 'ratio', 'sum of daily returns over sum of losing days'),
  tailRatio: rat('Tail ratio', 'ratio', '95th over 5th percentile of daily returns'),
  skew: risk('Skewness', 'ratio', 'of daily returns, corrected for sample size'),
  excessKurtosis: risk('Excess kurtosis', 'ratio', 'of daily returns, corrected for sample size'),
  var95: risk('Value at risk 95%', 'percent', '5th percentile of daily returns'),
  cvar95: risk('Expected shortfall 95%', 'percent', 'mean of the worst 5% of days'),
  maxDrawdown: risk('Max drawdown', 'percent', 'deepest fall below an earlier peak'),
  maxDrawdownAbs: risk('Max drawdown, money', 'money', 'largest loss of money from a peak'),
  avgDrawdown: risk('Average drawdown', 'percent', 'mean depth of all drawdowns'),
  maxDrawdownDurationMs: risk('Longest drawdown', 'duration', 'from a peak until equity is back'),
  avgDrawdownDurationMs: risk('Average drawdown time', 'duration', 'mean over all drawdowns'),
  ulcerIndex: risk('Ulcer index', 'percent', 'root mean square of daily drawdowns'),
  martin: rat('Martin', 'ratio', 'CAGR above the risk-free rate over the ulcer index'),
  recoveryFactor: rat('Recovery factor', 'ratio', 'net profit over the largest loss from a peak'),
  exposureTime: market('Exposure', 'percent', 'share of the tested time with an open position'),
  trades: trade('Trades', 'count', 'round trips from flat to flat'),
  wins: trade('Wins', 'count', 'trades with a profit after costs'),
  losses: trade('Losses', 'count', 'trades with a loss after costs'),
  breakeven: trade('Break-even', 'count', 'trades with exactly no result'),
  winRate: trade('Win rate', 'percent', 'wins over all trades'),
  profitFactor: trade('Profit factor', 'ratio', 'money won over money lost'),
  profitFactorPct: trade('Profit factor, returns', 'ratio', 'trade returns won over trade returns lost'),
  payoffRatio: trade('Payoff ratio', 'ratio', 'mean win over mean loss'),
  expectancy: trade('Expectancy', 'money', 'mean result of a trade'),
  expectancyPct: trade('Expectancy, return', 'percent', 'mean return of a trade'),
  expectancyRatio: trade('Expectancy ratio', 'ratio', 'what a unit of risk earns'),
  sqn: trade('System quality', 'ratio', 'mean result over its deviation, times the root of the trades'),
  kelly: trade('Kelly fraction', 'percent', 'growth-optimal share of capital'),
  maxConsecutiveWins: trade('Most wins in a row', 'count', 'a break-even trade ends a streak'),
  maxConsecutiveLosses: trade('Most losses in a row', 'count', 'a break-even trade ends a streak'),
  avgTradeDurationMs: trade('Average time in trade', 'duration', 'from entry bar to exit bar'),
  medianTradeDurationMs: trade('Median time in trade', 'duration', 'from entry bar to exit bar'),
  maxTradeDurationMs: trade('Longest trade', 'duration', 'from entry bar to exit bar'),
  bestTradePct: trade('Best trade', 'percent', 'largest trade return'),
  worstTradePct: trade('Worst trade', 'percent', 'smallest trade return'),
  avgTradePct: trade('Average trade', 'percent', 'geometric mean of trade returns'),
  avgMae: trade('Average adverse excursion', 'percent', 'worst point while open, of the entry price'),
  avgMfe: trade('Average favourable excursion', 'percent', 'best point while open, of the entry price'),
  fees: cost('Fees', 'money', 'entry and exit fees of all trades'),
  slippageCost: cost('Slippage', 'money', 'what slippage took at entries and exits'),
  turnover: cost('Turnover', 'ratio', 'traded notional over mean equity, a year'),
  buyAndHold: market('Buy and hold', 'percent', 'first tradable open to last close, without costs'),
  beta: market('Beta', 'ratio', 'slope of daily returns on those of the market'),
  alphaAnn: market('Alpha', 'percent', 'daily return not explained by the market, times days a year'),
  stability: rat('Stability', 'ratio', 'R² of a straight line through log equity'),
  psr: rat('Probabilistic Sharpe', 'percent', 'probability that the true Sharpe ratio is above 0'),
}
