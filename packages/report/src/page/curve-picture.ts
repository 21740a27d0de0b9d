import { type Html, html } from './html.ts'
import { roundValues } from './round-values.ts'

/** A line over the places of a picture, or with `low` the area between two. */
export interface PictureLayer {
  /** Class of the style sheet. */
  readonly look: 'outer' | 'inner' | 'main' | 'other'
  readonly values: ArrayLike<number>
  readonly low?: ArrayLike<number> | undefined
}

export interface CurvePicture {
  /** For those who do not see it. */
  readonly label: string
  /** Places along the horizontal axis, ascending; as many as values of each layer. */
  readonly places: ArrayLike<number>
  /** Drawn in this order. */
  readonly layers: readonly PictureLayer[]
  readonly placeText: (place: number) => string
  readonly valueText: (value: number) => string
}

const [WIDTH, HEIGHT] = [960, 320]
const MARGIN = { left: 84, right: 12, top: 10, bottom: 26 }
const ROWS = 4

const boundsOf = (layers: readonly PictureLayer[]): readonly [low: number, high: number] => {
  let [low, high] = [Infinity, -Infinity]
  for (const { values, low: lower = [] } of layers) {
    for (const column of [values, lower]) {
      for (let k = 0; k < column.length; k++) {
        low = Math.min(low, column[k] as number)
        high = Math.max(high, column[k] as number)
      }
    }
  }
  return high > low ? [low, high] : [low - 1, low + 1]
}

/** Curves and bands as one inline picture: no script draws it, so it prints and needs no policy. */
export const curvePicture = ({ label, places, layers, placeText, valueText }: CurvePicture): Html => {
  const [low, high] = boundsOf(layers)
  const [first, last] = [places[0] ?? 0, places[places.length - 1] ?? 1]
  const innerWidth = WIDTH - MARGIN.left - MARGIN.right
  const innerHeight = HEIGHT - MARGIN.top - MARGIN.bottom
  const x = (place: number): number => MARGIN.left + ((place - first) / (last - first || 1)) * innerWidth
  const y = (value: number): number => MARGIN.top + ((high - value) / (high - low)) * innerHeight
  const points = (values: ArrayLike<number>): string[] =>
    Array.from(values, (value, k) => `${x(places[k] as number).toFixed(1)},${y(value).toFixed(1)}`)
  return html`<div class="scroll">
    <svg class="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
      ${roundValues(low, high, ROWS).map(
        (value) =>
          html`<line
              class="grid"
              x1="${MARGIN.left}"
              x2="${WIDTH - MARGIN.right}"
              y1="${y(value)}"
              y2="${y(value)}"
            />
            <text x="${MARGIN.left - 6}" y="${y(value) + 4}" text-anchor="end">${valueText(value)}</text>`,
      )}
      ${layers.map(({ look, values, low: lower }) =>
        lower === undefined
          ? html`<polyline class="${look}" points="${points(values).join(' ')}" />`
          : html`<polygon
              class="${look}"
              points="${[...points(values), ...points(lower).toReversed()].join(' ')}"
            />`,
      )}
      <text x="${MARGIN.left}" y="${HEIGHT - 8}">${placeText(first)}</text>
      <text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 8}" text-anchor="end">${placeText(last)}</text>
    </svg>
  </div>`
}
