/** What a bot is doing, as `docs/guides/bots.md` explains it. */
export const BOT_STATES = [
  'CREATED',
  'INITIALIZING',
  'RECONCILING',
  'READY',
  'RUNNING',
  'PAUSED',
  'DEGRADED',
  'HALTED',
  'STOPPING',
  'STOPPED',
  'FAULTED',
] as const
export type BotState = (typeof BOT_STATES)[number]

export const BOT_EVENTS = [
  'start',
  'warmed_up',
  'init_failed',
  'clean',
  'mismatch',
  'arm',
  'pause',
  'resume',
  'impair',
  'recover',
  'abandon',
  'kill',
  'reset',
  'stop',
  'drained',
  'fault',
  'take_over',
] as const
export type BotEvent = (typeof BOT_EVENTS)[number]

/** What whoever moves a bot knows; a guard that is not told what it asks for refuses. */
export interface TransitionFacts {
  /** Every bar from the first to the newest was taken in. */
  readonly isContiguous?: boolean
  readonly bars?: number
  readonly neededBars?: number
  /** Between the tape's clock and that of the owner, either way. */
  readonly clockSkewMs?: number
  /** In a row, of the initialization. */
  readonly errors?: number
  /** The exchange does not take the key, or the key may do more than it should. */
  readonly isAuthError?: boolean
  readonly isBreakerClosed?: boolean
  /** Good ones in a row. */
  readonly probes?: number
  readonly isResynced?: boolean
  readonly degradedMs?: number
  /** How long a position has had no stop resting at the venue. */
  readonly unprotectedMs?: number
  /** Why a human sets it back, and where to. */
  readonly reason?: string
  readonly to?: BotState
  /** Nothing is on its way any more, as the policy of the stop asks. */
  readonly isDrained?: boolean
  readonly stoppingMs?: number
}

export type TransitionEffect =
  | 'acquire_lease'
  | 'release_lease'
  | 'cancel_entries'
  | 'store_report'
  | 'apply_stop_policy'
  | 'hand_over_orders'
  | 'audit'

export interface TransitionRow {
  readonly from: readonly BotState[]
  readonly event: BotEvent
  readonly to: BotState
  readonly effects: readonly TransitionEffect[]
  /** What is missing, in words; null where nothing is. */
  readonly guard?: (facts: TransitionFacts) => string | null
}

const CLOCK_SKEW_LIMIT_MS = 1000
const INIT_ERROR_LIMIT = 3
const PROBES_TO_RECOVER = 2
const DEGRADED_LIMIT_MS = 15 * 60_000
const UNPROTECTED_LIMIT_MS = 15_000
const STOPPING_LIMIT_MS = 60_000

const isWarm = ({ isContiguous, bars = 0, neededBars = Infinity, clockSkewMs }: TransitionFacts) => {
  if (isContiguous !== true) return 'expected candles without a hole up to the newest'
  if (bars < neededBars) return `expected ${neededBars} bars to warm up with, was ${bars}`
  if (clockSkewMs === undefined || clockSkewMs < CLOCK_SKEW_LIMIT_MS) return null
  return `expected a clock skew below ${CLOCK_SKEW_LIMIT_MS} ms, was ${clockSkewMs}`
}

const hasFailed = ({ errors = 0, isAuthError }: TransitionFacts) =>
  isAuthError === true || errors >= INIT_ERROR_LIMIT
    ? null
    : `expected ${INIT_ERROR_LIMIT} errors in a row, was ${errors}`

const isBreakerClosed = (facts: TransitionFacts) =>
  facts.isBreakerClosed === true ? null : 'expected a closed circuit breaker, was open'

const hasRecovered = ({ probes = 0, isResynced }: TransitionFacts) => {
  if (probes < PROBES_TO_RECOVER) return `expected ${PROBES_TO_RECOVER} good probes, was ${probes}`
  return isResynced === true ? null : 'expected a feed without a hole'
}

const isHopeless = ({ degradedMs = 0, unprotectedMs = 0 }: TransitionFacts) =>
  degradedMs > DEGRADED_LIMIT_MS || unprotectedMs >= UNPROTECTED_LIMIT_MS
    ? null
    : `expected more than ${DEGRADED_LIMIT_MS} ms of trouble, was ${degradedMs}`

const hasReason = ({ reason = '' }: TransitionFacts) => (reason.trim() === '' ? 'expected a reason' : null)

const hasDrained = ({ isDrained, stoppingMs = 0 }: TransitionFacts) =>
  isDrained === true || stoppingMs >= STOPPING_LIMIT_MS ? null : 'expected nothing on its way any more'

/** In these somebody owns the bot, or is to. */
export const ACTIVE_STATES: readonly BotState[] = [
  'INITIALIZING',
  'RECONCILING',
  'READY',
  'RUNNING',
  'PAUSED',
  'DEGRADED',
  'HALTED',
  'STOPPING',
]

/** In these a bot holds nothing that anybody watches, and its definition may change. */
export const RESTING_STATES: readonly BotState[] = ['CREATED', 'STOPPED']

const BEFORE_RUNNING = ['INITIALIZING', 'RECONCILING', 'READY'] as const
const WORKING = ['RUNNING', 'PAUSED', 'DEGRADED'] as const

/** All moves there are; whatever is not here is illegal. */
export const TRANSITIONS: readonly TransitionRow[] = [
  { from: RESTING_STATES, event: 'start', to: 'INITIALIZING', effects: ['acquire_lease'] },
  { from: ['INITIALIZING'], event: 'warmed_up', to: 'RECONCILING', effects: [], guard: isWarm },
  {
    from: ['INITIALIZING'],
    event: 'init_failed',
    to: 'FAULTED',
    effects: ['release_lease'],
    guard: hasFailed,
  },
  { from: ['RECONCILING'], event: 'clean', to: 'READY', effects: ['store_report'] },
  { from: ['RECONCILING'], event: 'mismatch', to: 'FAULTED', effects: ['store_report', 'release_lease'] },
  { from: ['READY'], event: 'arm', to: 'RUNNING', effects: [] },
  { from: ['RUNNING'], event: 'pause', to: 'PAUSED', effects: ['cancel_entries'] },
  { from: ['PAUSED'], event: 'resume', to: 'RUNNING', effects: [], guard: isBreakerClosed },
  { from: ['RUNNING', 'PAUSED'], event: 'impair', to: 'DEGRADED', effects: ['cancel_entries'] },
  { from: ['DEGRADED'], event: 'recover', to: 'RECONCILING', effects: [], guard: hasRecovered },
  { from: ['DEGRADED'], event: 'abandon', to: 'HALTED', effects: ['cancel_entries'], guard: isHopeless },
  { from: [...BEFORE_RUNNING, ...WORKING], event: 'kill', to: 'HALTED', effects: ['cancel_entries'] },
  { from: ['HALTED', 'FAULTED'], event: 'reset', to: 'RECONCILING', effects: ['audit'], guard: hasReason },
  {
    from: ['HALTED', 'FAULTED'],
    event: 'reset',
    to: 'STOPPED',
    effects: ['audit', 'release_lease'],
    guard: hasReason,
  },
  {
    from: [...BEFORE_RUNNING, ...WORKING, 'HALTED'],
    event: 'stop',
    to: 'STOPPING',
    effects: ['apply_stop_policy'],
  },
  {
    from: ['STOPPING'],
    event: 'drained',
    to: 'STOPPED',
    effects: ['hand_over_orders', 'release_lease'],
    guard: hasDrained,
  },
  { from: ACTIVE_STATES, event: 'fault', to: 'FAULTED', effects: ['release_lease'] },
  { from: ACTIVE_STATES, event: 'take_over', to: 'INITIALIZING', effects: ['acquire_lease'] },
]

export type Transition =
  | { readonly ok: true; readonly to: BotState; readonly effects: readonly TransitionEffect[] }
  | { readonly ok: false; readonly reason: string; readonly allowed: readonly BotEvent[] }

/** The events that lead anywhere from a state, whatever their guards say. */
export const allowedEvents = (state: BotState): readonly BotEvent[] => [
  ...new Set(TRANSITIONS.filter(({ from }) => from.includes(state)).map(({ event }) => event)),
]

/** Where an event leads, or why it leads nowhere: it is illegal in the state, or its guard is not content. */
export const transition = (state: BotState, event: BotEvent, facts: TransitionFacts = {}): Transition => {
  const rows = TRANSITIONS.filter((row) => row.event === event && row.from.includes(state))
  const row = rows.find(({ to }) => facts.to === undefined || facts.to === to)
  const allowed = allowedEvents(state)
  if (row === undefined) {
    const where = facts.to === undefined ? '' : ` to ${facts.to}`
    const ways = allowed.length === 0 ? 'none' : allowed.join(', ')
    return {
      ok: false,
      reason: `expected one of ${ways} in the state ${state}, was ${event}${where}`,
      allowed,
    }
  }
  const reason = row.guard?.(facts) ?? null
  return reason === null ? { ok: true, to: row.to, effects: row.effects } : { ok: false, reason, allowed }
}
