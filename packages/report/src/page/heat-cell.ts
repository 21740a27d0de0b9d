import { type Html, html } from './html.ts'

export interface Heat {
  readonly value: number
  readonly text: string
  /** The largest size among the cells: drawn in full colour. */
  readonly strongest: number
  /** More about the cell, for the pointer. */
  readonly title?: string
}

/** A table cell whose colour tells the sign and the size of its value. */
export const heatCell = ({ value, text, strongest, title }: Heat): Html => {
  const strength = strongest === 0 ? 0 : Math.round((Math.abs(value) / strongest) * 70)
  const more = title === undefined ? null : html` title="${title}"`
  return html`<td class="heat ${value < 0 ? 'loss' : 'gain'}" style="--heat:${strength}%" ${more}>
    ${text}
  </td>`
}

/** The largest size of the values that exist. */
export const strongestOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((largest, value) => Math.max(largest, Math.abs(value ?? 0)), 0)
