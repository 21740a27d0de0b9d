import type { Precision } from '@botcriptofy/venues/kraken'
import { BadInput } from '../failure.ts'

const GIVEN = /^([^\s:/=]+\/[^\s:/=]+)=(\d{1,2}),(\d{1,2})$/

/** `BTC/USD=1,8`: prices of the pair have 1 decimal, amounts 8. */
export const readPrecisions = (given: readonly string[]): ReadonlyMap<string, Precision> =>
  new Map(
    given.map((text) => {
      const match = GIVEN.exec(text)
      if (match === null) {
        throw new BadInput(`--precision: expected PAIR=PRICE,AMOUNT such as BTC/USD=1,8, was ${text}`)
      }
      const [, pair = '', price, amount] = match
      return [pair, { price: Number(price), amount: Number(amount) }]
    }),
  )
