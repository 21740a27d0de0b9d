import { describe, expect, it } from 'vitest'
import type { Effect, OrderUpdateEvent } from '../orders/index.ts'
import {
  compileStrategy,
  ENTRY_LONG,
  ENTRY_SHORT,
  EXIT_LONG,
  EXIT_SHORT,
  type Program,
  type Strategy,
} from '../strategy/index.ts'
import { decide } from './decide.ts'
import { flatStance, noteEffects, noteEvent, type Stance } from './stance.ts'

const STRATEGY: Strategy = {
  name: 'both',
  version: 1,
  direction: 'both',
  indicators: {},
  entry: {
    long: { left: 'close', op: '>', right: 'open' },
    short: { left: 'close', op: '<', right: 'open' },
  },
  sizing: { kind: 'units', value: 1 },
}

const programOf = (parts: Partial<Strategy> = {}): Program => {
  const compiled = compileStrategy({ ...STRATEGY, ...parts })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

const PROGRAM = programOf()
const MARKET = { close: 100, stop: Number.NaN, limit: Number.NaN }

const shown = (effects: readonly Effect[]): string =>
  effects
    .map((effect) =>
      effect.kind === 'enter'
        ? `enter ${effect.side}`
        : effect.kind === 'exit'
          ? `exit ${effect.reason}`
          : effect.kind,
    )
    .join(', ')

const decided = (stance: Partial<Stance>, bits: number, program = PROGRAM): string =>
  shown(decide(program, { ...flatStance(), ...stance }, { ...MARKET, bits }))

const BOTH = ENTRY_LONG | ENTRY_SHORT

describe('decide', () => {
  it.each<readonly [name: string, stance: Partial<Stance>, bits: number, effects: string]>([
    ['flat', {}, 0, ''],
    ['flat', {}, ENTRY_LONG, 'enter long'],
    ['flat', {}, ENTRY_SHORT | EXIT_LONG | EXIT_SHORT, 'enter short'],
    ['flat', {}, BOTH, ''],
    ['flat', {}, EXIT_LONG | EXIT_SHORT, ''],

    ['long', { side: 1 }, ENTRY_LONG | EXIT_SHORT, ''],
    ['long', { side: 1 }, EXIT_LONG, 'exit signal'],
    ['long', { side: 1 }, EXIT_LONG | ENTRY_LONG, 'exit signal'],
    ['long', { side: 1 }, ENTRY_SHORT, 'exit reverse, enter short'],
    ['long', { side: 1 }, BOTH | EXIT_LONG, 'exit reverse, enter short'],
    ['short', { side: -1 }, EXIT_SHORT, 'exit signal'],
    ['short', { side: -1 }, ENTRY_LONG, 'exit reverse, enter long'],

    ['a long order waits', { entrySide: 1 }, ENTRY_LONG, ''],
    ['a long order waits', { entrySide: 1 }, EXIT_SHORT, ''],
    ['a long order waits', { entrySide: 1 }, EXIT_LONG, 'cancel'],
    ['a long order waits', { entrySide: 1 }, ENTRY_SHORT | EXIT_LONG, 'cancel, enter short'],
    ['a long order waits', { entrySide: 1 }, BOTH, ''],
    ['a short order waits', { entrySide: -1 }, ENTRY_LONG, 'cancel, enter long'],

    ['an exit is on its way', { side: 1, isExiting: true }, EXIT_LONG | ENTRY_LONG, ''],
    ['an exit is on its way', { side: 1, isExiting: true }, ENTRY_SHORT, 'enter short'],
    ['a reversal is on its way', { side: 1, isExiting: true, entrySide: -1 }, BOTH | EXIT_LONG, ''],
    ['a cancel is on its way', { withdrawnSide: 1 }, ENTRY_LONG | EXIT_LONG, ''],
    ['a cancel is on its way', { withdrawnSide: 1 }, ENTRY_SHORT, 'enter short'],
    ['a replacement is on its way', { withdrawnSide: 1, entrySide: -1 }, EXIT_SHORT | ENTRY_LONG, ''],
  ])('%s, %j with bits %d: %s', (_name, stance, bits, effects) => {
    expect(decided(stance, bits)).toBe(effects)
  })

  it.each<readonly [stance: Partial<Stance>, bits: number, effects: string]>([
    [{ side: 1, heldCloses: 2 }, 0, ''],
    [{ side: 1, heldCloses: 3 }, 0, 'exit time_exit'],
    [{ side: -1, heldCloses: 4 }, ENTRY_SHORT, 'exit time_exit'],
    [{ side: 1, heldCloses: 3 }, EXIT_LONG, 'exit signal'],
    [{ side: 1, heldCloses: 3 }, ENTRY_SHORT, 'exit reverse, enter short'],
    [{ side: 1, heldCloses: 3, isExiting: true }, 0, ''],
    [{ entrySide: 1 }, 0, ''],
  ])('leaves after three closes, the rules first: %j with bits %d: %s', (...[stance, bits, effects]) => {
    expect(decided(stance, bits, programOf({ timeExit: { bars: 3 } }))).toBe(effects)
  })

  it('sends the order with its prices, its life, its sizing and the close it was measured from', () => {
    const program = programOf({
      entryOrder: { kind: 'limit', limit: { offsetFraction: 0.02 }, expireBars: 4 },
    })
    expect(decide(program, flatStance(), { ...MARKET, bits: ENTRY_SHORT })).toEqual([
      {
        kind: 'enter',
        side: 'short',
        order: { kind: 'limit', limitPrice: 102 },
        expireBars: 4,
        sizing: { kind: 'units', value: 1 },
        signalClose: 100,
      },
    ])
  })

  it('neither enters nor reverses where the price of the order is undefined', () => {
    const program = programOf({ entryOrder: { kind: 'stop', stop: { price: { ref: 'high', offset: 3 } } } })
    expect(decided({}, ENTRY_LONG, program)).toBe('')
    expect(decided({ side: -1 }, ENTRY_LONG, program)).toBe('')
    expect(decided({ side: -1 }, ENTRY_LONG | EXIT_SHORT, program)).toBe('exit signal')
  })
})

const fill = (leg: 'entry' | 'exit', side: 'long' | 'short', held: number) =>
  ({
    kind: 'fill',
    leg,
    side,
    price: 100,
    quantity: 1,
    fee: 0,
    held,
    reason: leg === 'exit' ? 'stop_loss' : null,
  }) as const

describe('a stance', () => {
  const after = (start: Partial<Stance>, effects: readonly Effect[]): Stance => {
    const stance = { ...flatStance(), ...start }
    noteEffects(stance, effects)
    return stance
  }

  it('follows an entry from the order to the fill and back to flat', () => {
    const stance = after({}, decide(PROGRAM, flatStance(), { ...MARKET, bits: ENTRY_LONG }))
    expect(stance).toEqual({ ...flatStance(), entrySide: 1 })
    expect(noteEvent(stance, fill('entry', 'long', 1))).toEqual([])
    expect(stance).toEqual({ ...flatStance(), side: 1 })
    expect(noteEvent(stance, fill('entry', 'long', 2))).toEqual([])
    expect(noteEvent(stance, { ...fill('exit', 'long', 1), reason: 'take_profit' })).toEqual([])
    expect(stance).toEqual({ ...flatStance(), side: 1 })
    noteEvent(stance, fill('exit', 'long', 0))
    expect(stance).toEqual(flatStance())
  })

  it.each<OrderUpdateEvent>([
    { kind: 'orderUpdate', side: 'long', status: 'denied', code: 'MIN_NOTIONAL' },
    { kind: 'orderUpdate', side: 'long', status: 'expired' },
    { kind: 'orderUpdate', side: 'long', status: 'cancelled' },
  ])('forgets an order that has ended: %j', (update) => {
    const waiting = after({ entrySide: 1 }, [])
    expect(noteEvent(waiting, update)).toEqual([])
    expect(waiting).toEqual(flatStance())
  })

  it('keeps the new order when the one it replaces is gone', () => {
    const stance = after({ withdrawnSide: 1, entrySide: -1 }, [])
    noteEvent(stance, { kind: 'orderUpdate', side: 'long', status: 'cancelled' })
    expect(stance).toEqual({ ...flatStance(), entrySide: -1 })
  })

  it('is leaving when the volume covered a part of its stop only', () => {
    const stance = after({ side: 1 }, [])
    expect(noteEvent(stance, fill('exit', 'long', 1))).toEqual([])
    expect(stance).toEqual({ ...flatStance(), side: 1, isExiting: true })
  })

  it('keeps a reversal in mind when a stop was faster than its exit', () => {
    const stance = after({ side: 1, isExiting: true, entrySide: -1, heldCloses: 7 }, [])
    noteEvent(stance, fill('exit', 'long', 0))
    expect(stance).toEqual({ ...flatStance(), entrySide: -1 })
  })

  it('leaves what filled although it was withdrawn', () => {
    const stance = after({ entrySide: 1 }, [{ kind: 'cancel' }])
    expect(stance).toEqual({ ...flatStance(), withdrawnSide: 1 })
    expect(noteEvent(stance, fill('entry', 'long', 1))).toEqual([{ kind: 'exit', reason: 'signal' }])
    expect(noteEvent(stance, fill('entry', 'long', 2))).toEqual([])
    expect(stance).toEqual({ ...flatStance(), side: 1, withdrawnSide: 1, isExiting: true })
    noteEvent(stance, fill('exit', 'long', 0))
    expect(stance).toEqual(flatStance())
  })

  it('calls that a reversal when the other side is to be entered', () => {
    const stance = after({ withdrawnSide: 1, entrySide: -1 }, [])
    expect(noteEvent(stance, fill('entry', 'long', 1))).toEqual([{ kind: 'exit', reason: 'reverse' }])
    expect(stance).toEqual({ ...flatStance(), side: 1, withdrawnSide: 1, entrySide: -1, isExiting: true })
  })
})
