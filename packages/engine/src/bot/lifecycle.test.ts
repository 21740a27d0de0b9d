import { describe, expect, it } from 'vitest'
import {
  ACTIVE_STATES,
  allowedEvents,
  BOT_EVENTS,
  BOT_STATES,
  type BotEvent,
  type BotState,
  RESTING_STATES,
  transition,
  type TransitionFacts,
} from './lifecycle.ts'

const WARM: TransitionFacts = { isContiguous: true, bars: 30, neededBars: 30, clockSkewMs: 999 }
const RECOVERED: TransitionFacts = { probes: 2, isResynced: true }
const CLOSED: TransitionFacts = { isBreakerClosed: true }
const DRAINED: TransitionFacts = { isDrained: true }
const back = (to: BotState): TransitionFacts => ({ reason: 'looked at it', to })

type Legal = readonly [from: BotState, event: BotEvent, to: BotState, facts?: TransitionFacts]

/** The table of the specification, row by row. */
const LEGAL: readonly Legal[] = [
  ['CREATED', 'start', 'INITIALIZING'],
  ['STOPPED', 'start', 'INITIALIZING'],
  ['INITIALIZING', 'warmed_up', 'RECONCILING', WARM],
  ['INITIALIZING', 'init_failed', 'FAULTED', { errors: 3 }],
  ['INITIALIZING', 'init_failed', 'FAULTED', { isAuthError: true }],
  ['RECONCILING', 'clean', 'READY'],
  ['RECONCILING', 'mismatch', 'FAULTED'],
  ['READY', 'arm', 'RUNNING'],
  ['RUNNING', 'pause', 'PAUSED'],
  ['PAUSED', 'resume', 'RUNNING', CLOSED],
  ['RUNNING', 'impair', 'DEGRADED'],
  ['PAUSED', 'impair', 'DEGRADED'],
  ['DEGRADED', 'recover', 'RECONCILING', RECOVERED],
  ['DEGRADED', 'abandon', 'HALTED', { degradedMs: 900_001 }],
  ['DEGRADED', 'abandon', 'HALTED', { unprotectedMs: 15_000 }],
  ['INITIALIZING', 'kill', 'HALTED'],
  ['RECONCILING', 'kill', 'HALTED'],
  ['READY', 'kill', 'HALTED'],
  ['RUNNING', 'kill', 'HALTED'],
  ['PAUSED', 'kill', 'HALTED'],
  ['DEGRADED', 'kill', 'HALTED'],
  ['HALTED', 'reset', 'RECONCILING', back('RECONCILING')],
  ['HALTED', 'reset', 'STOPPED', back('STOPPED')],
  ['FAULTED', 'reset', 'RECONCILING', back('RECONCILING')],
  ['FAULTED', 'reset', 'STOPPED', back('STOPPED')],
  ['INITIALIZING', 'stop', 'STOPPING'],
  ['RECONCILING', 'stop', 'STOPPING'],
  ['READY', 'stop', 'STOPPING'],
  ['RUNNING', 'stop', 'STOPPING'],
  ['PAUSED', 'stop', 'STOPPING'],
  ['DEGRADED', 'stop', 'STOPPING'],
  ['HALTED', 'stop', 'STOPPING'],
  ['STOPPING', 'drained', 'STOPPED', DRAINED],
  ['STOPPING', 'drained', 'STOPPED', { stoppingMs: 60_000 }],
  ...ACTIVE_STATES.map((state): Legal => [state, 'fault', 'FAULTED']),
  ...ACTIVE_STATES.map((state): Legal => [state, 'take_over', 'INITIALIZING']),
]

const ALL_FACTS: TransitionFacts = {
  ...WARM,
  ...RECOVERED,
  ...CLOSED,
  ...DRAINED,
  errors: 3,
  degradedMs: 1e9,
  reason: 'looked at it',
}
const ILLEGAL = BOT_STATES.flatMap((state) =>
  BOT_EVENTS.filter((event) => !LEGAL.some(([from, legal]) => from === state && legal === event)).map(
    (event) => [state, event] as const,
  ),
)

describe('the states of a bot', () => {
  const moves = LEGAL.map(([from, event, to, facts = {}]) => ({ from, event, to, facts }))
  it.each(moves)('$from, $event: $to', ({ from, event, to, facts }) => {
    expect(transition(from, event, facts)).toMatchObject({ ok: true, to })
  })

  it.each(ILLEGAL)('%s refuses %s whatever is known, and names what it takes', (state, event) => {
    const allowed = allowedEvents(state)
    expect(transition(state, event, ALL_FACTS)).toEqual({
      ok: false,
      allowed,
      reason: `expected one of ${allowed.join(', ')} in the state ${state}, was ${event}`,
    })
    expect(allowed).not.toContain(event)
  })

  it.each<readonly [from: BotState, event: BotEvent, facts: TransitionFacts, reason: RegExp]>([
    ['INITIALIZING', 'warmed_up', { ...WARM, isContiguous: false }, /without a hole/],
    ['INITIALIZING', 'warmed_up', { ...WARM, bars: 29 }, /30 bars to warm up with, was 29/],
    ['INITIALIZING', 'warmed_up', { ...WARM, clockSkewMs: 1000 }, /skew below 1000 ms, was 1000/],
    ['INITIALIZING', 'warmed_up', {}, /without a hole/],
    ['INITIALIZING', 'init_failed', { errors: 2 }, /3 errors in a row, was 2/],
    ['PAUSED', 'resume', {}, /closed circuit breaker/],
    ['DEGRADED', 'recover', { ...RECOVERED, probes: 1 }, /2 good probes, was 1/],
    ['DEGRADED', 'recover', { probes: 2 }, /feed without a hole/],
    ['DEGRADED', 'abandon', { degradedMs: 900_000, unprotectedMs: 14_999 }, /900000 ms of trouble/],
    ['HALTED', 'reset', { to: 'STOPPED', reason: ' ' }, /expected a reason/],
    ['FAULTED', 'reset', { to: 'RECONCILING' }, /expected a reason/],
    ['FAULTED', 'reset', { to: 'RUNNING', reason: 'x' }, /was reset to RUNNING/],
    ['STOPPING', 'drained', { stoppingMs: 59_999 }, /nothing on its way/],
  ])('%s, %s with %j is refused', (from, event, facts, reason) => {
    const refused = transition(from, event, facts)
    expect(refused).toMatchObject({ ok: false, reason: expect.stringMatching(reason) })
  })

  it('cancels resting entries wherever entries end', () => {
    const ends = [
      transition('RUNNING', 'pause'),
      transition('RUNNING', 'impair'),
      transition('PAUSED', 'kill'),
      transition('DEGRADED', 'abandon', ALL_FACTS),
    ]
    for (const end of ends) expect(end).toMatchObject({ ok: true, effects: ['cancel_entries'] })
  })

  it('are active, at rest, or a human is needed', () => {
    expect([...RESTING_STATES, ...ACTIVE_STATES, 'FAULTED'].toSorted()).toEqual([...BOT_STATES].toSorted())
  })
})
