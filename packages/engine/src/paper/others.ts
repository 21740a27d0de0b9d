import type { PaperPosition } from './account.ts'

/** A position that the same account holds in another symbol. */
export interface OtherPosition {
  readonly symbol: string
  readonly position: PaperPosition
  /** What a unit of it is worth now. */
  readonly price: number
}

/** Reads what else the account holds at this moment. */
export type Others = () => readonly OtherPosition[]

const NOTHING: readonly OtherPosition[] = []
export const NO_OTHERS: Others = () => NOTHING

/** What they are worth to the account, quote units; a short is worth less than nothing. */
export const worthOf = (others: readonly OtherPosition[]): number =>
  others.reduce((sum, { position, price }) => sum + position.quantity * (position.side * price), 0)
