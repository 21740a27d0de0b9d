import type { DenialCode, RiskDenialCode } from '../orders/index.ts'
import type { EntryOrder, PaperPosition, ScaleOrder } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { sideName } from './exit-fill.ts'
import { freeCash } from './margin.ts'
import { minusSteps, plusSteps, takeCapacity } from './participation.ts'
import { worthOf } from './others.ts'
import { armLevels, armScaleIns, armTrail, protectionBase, see, stopLevel } from './protection.ts'
import { additionDenial, openingDenial } from './risk-gate.ts'
import { denialOf, isAffordable, resolveQuantity } from './sizing.ts'

export interface EntryPrice {
  readonly price: number
  /** Where the market stood: the price before slippage, or the limit. */
  readonly reference: number
  readonly isMaker: boolean
}

/** What a market order pays: slippage against us, rounded towards worse. */
export const slippedEntry = ({ setup }: BarRun, side: number, reference: number): EntryPrice => ({
  price: side * setup.prices.up(side * reference * (1 + side * setup.config.slippageRate)),
  reference,
  isMaker: false,
})

export const dropEntry = ({ account }: BarRun, order: EntryOrder): void => {
  account.entries = account.entries.filter(({ id }) => id !== order.id)
}

const feeRateOf = ({ setup }: BarRun, { isMaker }: EntryPrice): number =>
  isMaker ? setup.makerFeeRate : setup.config.feeRate

const countDenial = ({ account: { denied } }: BarRun, code: DenialCode | RiskDenialCode): void => {
  denied[code] = (denied[code] ?? 0) + 1
}

const refuse = (run: BarRun, order: EntryOrder, code: DenialCode | RiskDenialCode): void => {
  countDenial(run, code)
  dropEntry(run, order)
  run.events.push({ kind: 'orderUpdate', side: sideName(order.side), status: 'denied', code })
}

/** Pays for a quantity and reports it. The caller has put it into the position. */
const pay = (
  run: BarRun,
  position: PaperPosition,
  { quantity, at }: { readonly quantity: number; readonly at: EntryPrice },
): void => {
  const { side } = position
  const { price } = at
  const fee = feeRateOf(run, at) * quantity * price
  run.account.cash -= side * quantity * price + fee
  run.pathCash -= side * quantity * price + fee
  position.fees += fee
  position.slippage += quantity * Math.abs(price - at.reference)
  const part = { leg: 'entry', price, quantity, fee, reason: null } as const
  position.fills.push({ ...part, index: run.index })
  run.events.push({ ...part, kind: 'fill', side: sideName(side), held: position.quantity })
}

interface Opening {
  readonly order: EntryOrder
  readonly quantity: number
  /** What the order was sized to. */
  readonly wanted: number
  readonly at: EntryPrice
}

const open = (run: BarRun, { order, quantity, wanted, at }: Opening): void => {
  const { account, setup } = run
  const { side, signalClose } = order
  const { price, reference } = at
  const position: PaperPosition = {
    side,
    entryOrderId: order.id,
    entryIndex: run.index,
    entryTime: run.time,
    firstPrice: price,
    firstQuantity: wanted,
    signalClose,
    quantity,
    bought: quantity,
    cost: quantity * price,
    entryPrice: price,
    proceeds: 0,
    fees: 0,
    funding: 0,
    slippage: 0,
    stop: null,
    target: null,
    activation: null,
    anchor: null,
    trail: null,
    liquidation: null,
    scaleIns: [],
    scaleOuts: [],
    closing: null,
    low: reference,
    high: reference,
    fills: [],
  }
  account.position = position
  for (const other of account.entries) if (other.id !== order.id) other.isResting = false
  pay(run, position, { quantity, at })
  armLevels(setup, position)
  armScaleIns(setup, position)
  armTrail(setup, position)
}

const add = (run: BarRun, position: PaperPosition, part: { quantity: number; at: EntryPrice }): void => {
  const { quantities } = run.setup
  const { quantity, at } = part
  position.quantity = plusSteps(quantities, position.quantity, quantity)
  position.bought = plusSteps(quantities, position.bought, quantity)
  position.cost += quantity * at.price
  position.entryPrice = position.cost / position.bought
  see(position, at.reference)
  pay(run, position, part)
  armLevels(run.setup, position)
}

/** The quantity of the whole order; resolved at its first fill. False when it was refused. */
const sizeOrder = (run: BarRun, order: EntryOrder, at: EntryPrice): boolean => {
  if (order.remaining !== null) return true
  const { setup, account } = run
  const { side, sizing, signalClose } = order
  const base = protectionBase(setup, { entryPrice: at.price, signalClose })
  const sized = resolveQuantity(setup, {
    side,
    sizing,
    price: at.price,
    feeRate: feeRateOf(run, at),
    equity: account.cash + worthOf(run.others()),
    cash: freeCash(run),
    stop: stopLevel(setup, side, base),
  })
  const denial = sized.ok ? openingDenial(run, { quantity: sized.value, price: at.price }) : sized.error
  if (sized.ok && denial === null) order.remaining = sized.value
  else if (denial !== null) refuse(run, order, denial)
  return denial === null
}

const fillPart = (run: BarRun, order: EntryOrder, at: EntryPrice): boolean => {
  const { setup, account } = run
  const wanted = order.remaining!
  const quantity = takeCapacity(run, wanted)
  const { position } = account
  if (position === null) open(run, { order, quantity, wanted, at })
  else {
    const cost = { price: at.price, feeRate: feeRateOf(run, at), cash: freeCash(run) }
    const denial = isAffordable(setup, quantity, cost)
      ? additionDenial(run, { quantity, price: at.price })
      : 'INSUFFICIENT_CASH'
    if (denial !== null) {
      refuse(run, order, denial)
      return false
    }
    add(run, position, { quantity, at })
  }
  order.remaining = minusSteps(setup.quantities, wanted, quantity)
  // The first fill of one side of an oco cancels the other.
  if (order.kind === 'oco') order.kind = 'limit'
  return true
}

/**
 * Fills an entry as far as the bar's volume goes; the rest stays or is dropped, as the config says. True when
 * something was bought.
 */
export const fillEntry = (run: BarRun, order: EntryOrder, at: EntryPrice): boolean => {
  const hasVolume = run.capacity === null || run.capacity > 0
  if (hasVolume && !sizeOrder(run, order, at)) return false
  const isFilled = hasVolume && fillPart(run, order, at)
  if (hasVolume && !isFilled) return false
  if (order.remaining === 0) dropEntry(run, order)
  else if (run.setup.config.remainder === 'drop') {
    dropEntry(run, order)
    run.events.push({ kind: 'orderUpdate', side: sideName(order.side), status: 'cancelled' })
  }
  return isFilled
}

/** Adds to the position by one of its resting limits, as far as the volume goes; refused without the cash for it. */
export const fillScaleIn = (
  run: BarRun,
  position: PaperPosition,
  { order, price }: { readonly order: ScaleOrder; readonly price: number },
): boolean => {
  const { setup } = run
  const at: EntryPrice = { price, reference: price, isMaker: true }
  const cost = { price, feeRate: setup.makerFeeRate, cash: freeCash(run) }
  const { quantity: wanted } = order
  const code = denialOf(setup, wanted, cost) ?? additionDenial(run, { quantity: wanted, price })
  if (code !== null) {
    countDenial(run, code)
    position.scaleIns = position.scaleIns.filter((other) => other !== order)
    return false
  }
  const quantity = takeCapacity(run, wanted)
  if (quantity === 0) return false
  add(run, position, { quantity, at })
  order.quantity = minusSteps(setup.quantities, wanted, quantity)
  if (order.quantity === 0) position.scaleIns = position.scaleIns.filter((other) => other !== order)
  return true
}
