import { MAX_NUMBER_BYTES, writeNumber } from '../kernel/index.ts'

/** Text that is always the same, as ASCII in whole words. */
export interface FixedText {
  readonly words: DataView
  readonly length: number
}

/** Where text is being written, and how far it is. */
export interface Page {
  readonly view: DataView
  at: number
}

const WORD_BYTES = 8

export const fixedText = (text: string): FixedText => {
  const words = new DataView(new ArrayBuffer(Math.ceil(text.length / WORD_BYTES) * WORD_BYTES))
  for (let i = 0; i < text.length; i++) words.setUint8(i, text.charCodeAt(i))
  return { words, length: text.length }
}

/** Word by word, which takes up to seven bytes more room than the text has. */
export const putText = (page: Page, { words, length }: FixedText): void => {
  const { view, at } = page
  for (let i = 0; i < length; i += WORD_BYTES) {
    view.setFloat64(at + i, words.getFloat64(i, true), true)
  }
  page.at = at + length
}

export const putNumber = (page: Page, column: ArrayLike<number>, row: number): void => {
  page.at = writeNumber(page.view, page.at, column[row]!)
}

/** The keys of a fill, with the commas before them. */
export interface FillKeys {
  readonly index: FixedText
  readonly time: FixedText
  readonly price: FixedText
}

/** The columns of one end of the trades of a log. */
export interface FillColumns {
  readonly index: ArrayLike<number>
  readonly price: ArrayLike<number>
}

export type WriteFill = (page: Page, fills: FillColumns, row: number) => void

/** A power of two. */
const SLOTS = 16_384

/**
 * Writes bar, time and price of fills. Runs on one series mostly fill at the same bars for the same prices, so the text
 * of the fill that each slot saw last is kept; a fill at another bar of the slot, or for another price, replaces it.
 */
export const fillWriter = (keys: FillKeys, time: Float64Array): WriteFill => {
  const keyBytes = keys.index.length + keys.time.length + keys.price.length
  const slotBytes = Math.ceil((keyBytes + 3 * MAX_NUMBER_BYTES) / WORD_BYTES) * WORD_BYTES
  const texts = new DataView(new ArrayBuffer(SLOTS * slotBytes))
  const bars = new Int32Array(SLOTS).fill(-1)
  const prices = new Float64Array(SLOTS)
  const lengths = new Int32Array(SLOTS)

  const writeNew: WriteFill = (page, { index, price }, row) => {
    const bar = index[row]!
    const start = page.at
    putText(page, keys.index)
    putNumber(page, index, row)
    putText(page, keys.time)
    putNumber(page, time, bar)
    putText(page, keys.price)
    putNumber(page, price, row)
    const slot = bar % SLOTS
    const length = page.at - start
    for (let i = 0; i < length; i += WORD_BYTES) {
      texts.setFloat64(slot * slotBytes + i, page.view.getFloat64(start + i, true), true)
    }
    bars[slot] = bar
    prices[slot] = price[row]!
    lengths[slot] = length
  }

  return (page, fills, row) => {
    const bar = fills.index[row]!
    const slot = bar % SLOTS
    if (bars[slot] !== bar || prices[slot] !== fills.price[row]) {
      writeNew(page, fills, row)
      return
    }
    const { view, at } = page
    const length = lengths[slot]!
    for (let i = 0; i < length; i += WORD_BYTES) {
      view.setFloat64(at + i, texts.getFloat64(slot * slotBytes + i, true), true)
    }
    page.at = at + length
  }
}
