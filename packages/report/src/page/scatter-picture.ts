import { type Html, html } from './html.ts'
import { roundValues } from './round-values.ts'

export interface MarkedPoint {
  readonly row: number
  readonly name: string
  /** Class of the style sheet. */
  readonly look: 'first' | 'second'
}

/** Points over two axes of one unit, so that the diagonal means equal. */
export interface ScatterPicture {
  /** For those who do not see it. */
  readonly label: string
  readonly x: Float64Array
  readonly y: Float64Array
  readonly xName: string
  readonly yName: string
  /** Shown when the pointer rests on a point. */
  readonly titleOf: (row: number) => string
  readonly marked: readonly MarkedPoint[]
}

const [WIDTH, HEIGHT] = [640, 520]
const MARGIN = { left: 64, right: 16, top: 12, bottom: 52 }
const PARTS = 4
/** Share of an axis that stays free on each side of the points. */
const FREE = 0.04

const boundsOf = ({ x, y }: ScatterPicture): readonly [low: number, high: number] => {
  let [low, high] = [Infinity, -Infinity]
  for (const column of [x, y]) {
    for (const value of column) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  const free = (high > low ? high - low : 2) * FREE
  return [low - free, high + free]
}

const tickText = (value: number): string => String(Number(value.toPrecision(6)))

/** An inline picture without a script. */
export const scatterPicture = (picture: ScatterPicture): Html => {
  const { label, x, y, xName, yName, titleOf, marked } = picture
  const [low, high] = boundsOf(picture)
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom]
  const across = (value: number): number =>
    MARGIN.left + ((value - low) / (high - low)) * (right - MARGIN.left)
  const up = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - MARGIN.top)
  const at = (value: number): string => value.toFixed(1)
  const ticks = roundValues(low, high, PARTS)
  const line = (look: string, [x1, y1, x2, y2]: readonly [number, number, number, number]): Html =>
    html`<line class="${look}" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" />`
  const point = (row: number, radius: number): Html =>
    html`<circle cx="${at(across(x[row]!))}" cy="${at(up(y[row]!))}" r="${radius}">
      <title>${titleOf(row)}</title>
    </circle>`
  const mark = ({ row, name, look }: MarkedPoint): Html => {
    const [left, top] = [across(x[row]!), up(y[row]!)]
    const isLeft = left < WIDTH * 0.7
    return html`<g class="marked ${look}">
      ${point(row, 7)}
      <text
        x="${at(left + (isLeft ? 12 : -12))}"
        y="${at(top + 4)}"
        text-anchor="${isLeft ? 'start' : 'end'}"
      >
        ${name}
      </text>
    </g>`
  }
  return html`<div class="scroll">
    <svg class="picture points" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
      ${ticks.map((value) => {
        const look = value === 0 ? 'zero' : 'grid'
        return html`${line(look, [across(value), MARGIN.top, across(value), bottom])}
          ${line(look, [MARGIN.left, up(value), right, up(value)])}
          <text x="${at(across(value))}" y="${bottom + 18}" text-anchor="middle">${tickText(value)}</text>
          <text x="${MARGIN.left - 8}" y="${at(up(value) + 4)}" text-anchor="end">${tickText(value)}</text>`
      })}
      ${line('equal', [across(low), up(low), across(high), up(high)])}
      <text x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${xName}</text>
      <text transform="translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">
        ${yName}
      </text>
      ${Array.from(x, (_, row) => point(row, 3))} ${marked.map(mark)}
    </svg>
  </div>`
}
