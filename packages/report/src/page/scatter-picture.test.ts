import { describe, expect, it } from 'vitest'
import { renderHtml } from './html.ts'
import { scatterPicture } from './scatter-picture.ts'

const draw = (x: readonly number[], y: readonly number[], row = 0) =>
  renderHtml(
    scatterPicture({
      label: 'a < b',
      x: Float64Array.from(x),
      y: Float64Array.from(y),
      xName: 'before',
      yName: 'after',
      titleOf: (of) => `run <${of}>`,
      marked: [{ row, name: 'best', look: 'first' }],
    }),
  )

const circles = (picture: string) =>
  [...picture.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="(\d)"/g)].map((found) =>
    found.slice(1).map(Number),
  )

describe('scatterPicture', () => {
  it('has equal values of both axes on its diagonal, and the marked one again', () => {
    const picture = draw([0, 100], [0, 100])
    // Of 640 by 520 with room at the edges, 4 in 108 parts are free below and above.
    const [left, right] = [64 + (560 * 4) / 108, 64 + (560 * 104) / 108]
    const [low, high] = [468 - (456 * 4) / 108, 468 - (456 * 104) / 108]
    const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(1)))
    expect(circles(picture)).toEqual([
      rounded([left, low, 3]),
      rounded([right, high, 3]),
      rounded([left, low, 7]),
    ])
    expect(picture).toContain('class="equal" x1="64.0" y1="468.0" x2="624.0" y2="12.0"')
  })

  it('names points and axes, escaped', () => {
    const picture = draw([-1, 1], [1, -1], 1)
    expect(picture).toContain('aria-label="a &lt; b"')
    expect(picture.match(/<title>run &lt;1&gt;<\/title>/g)).toHaveLength(2)
    for (const text of ['before', 'after', 'best', '-0.5', '0', '1'])
      expect(picture).toMatch(new RegExp(`>\\s*${text}\\s*</text>`))
  })

  it('draws runs that are all the same', () => {
    expect(circles(draw([0, 0], [0, 0])).flat()).not.toContain(Number.NaN)
  })
})
