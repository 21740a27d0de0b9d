import { describe, expect, it } from 'vitest'
import { curvePicture } from './curve-picture.ts'
import { renderHtml } from './html.ts'

const draw = (layers: Parameters<typeof curvePicture>[0]['layers']) =>
  renderHtml(
    curvePicture({ label: 'a < b', places: [10, 20, 30], layers, placeText: String, valueText: String }),
  )

describe('curvePicture', () => {
  it('lays lines from the left to the right and from the lowest to the highest value', () => {
    const picture = draw([{ look: 'main', values: [100, 150, 200] }])
    expect(picture).toContain('class="main" points="84.0,294.0 516.0,152.0 948.0,10.0"')
    expect(picture).toContain('aria-label="a &lt; b"')
    for (const text of ['100', '150', '200', '10', '30']) expect(picture).toContain(`>${text}</text>`)
  })

  it('draws an area along its upper edge and back along its lower', () => {
    const picture = draw([{ look: 'outer', values: [2, 2, 4], low: [0, 0, 0] }])
    expect(picture).toContain('points="84.0,152.0 516.0,152.0 948.0,10.0 948.0,294.0 516.0,294.0 84.0,294.0"')
  })

  it.each([
    [
      [9133.7, 11_233.2],
      ['9500', '10000', '10500', '11000'],
    ],
    [
      [-0.037, 0.012],
      ['-0.03', '-0.02', '-0.01', '0', '0.01'],
    ],
    [
      [0, 1],
      ['0', '0.25', '0.5', '0.75', '1'],
    ],
  ])('rules lines at round values over %j', (values, expected) => {
    const texts = [...draw([{ look: 'main', values }]).matchAll(/text-anchor="end">([^<]*)<\/text>/g)]
    // The last one is the place at the right.
    expect(texts.slice(0, -1).map(([, text]) => String(Number(Number(text).toFixed(6))))).toEqual(expected)
  })

  it('draws a curve that does not move in the middle', () => {
    expect(draw([{ look: 'main', values: [5, 5, 5] }])).toContain(
      'points="84.0,152.0 516.0,152.0 948.0,152.0"',
    )
  })
})
