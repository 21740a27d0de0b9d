import { describe, expect, it } from 'vitest'
import { styleAsset } from './assets.ts'

type Rgb = readonly [number, number, number]
type Palette = ReadonlyMap<string, string>

const style = styleAsset('report')
const paletteAfter = (selector: string): Palette => {
  const from = style.indexOf('{', style.indexOf(selector)) + 1
  const block = style.slice(from, style.indexOf('}', from))
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[\da-f]{6,8});/g)].map(([, name = '', hex = '']) => [name, hex]),
  )
}

const LIGHT = paletteAfter(':root {')
const DARK_BY_SYSTEM = paletteAfter(":root:not([data-theme='light']) {")
const DARK_BY_CHOICE = paletteAfter(":root[data-theme='dark'] {")

/** Linear RGB of `#rrggbb`. */
const linear = (palette: Palette, name: string): Rgb => {
  const hex = palette.get(name) ?? ''
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue

/** Contrast ratio of WCAG 2, 1 to 21. */
const contrast = (a: Rgb, b: Rgb): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** What eyes without one kind of cone see, severity 1 (Machado, Oliveira and Fernandes, 2009), on linear RGB. */
const EYES: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
}

const seen = (colour: Rgb, rows: readonly [Rgb, Rgb, Rgb]): Rgb => {
  const channel = (row: Rgb): number =>
    Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]))
  return [channel(rows[0]), channel(rows[1]), channel(rows[2])]
}

/** CIE L*a*b*, D65. */
const labOf = ([red, green, blue]: Rgb): Rgb => {
  const curve = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
  const x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
  const y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue)
  const z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const distance = (a: Rgb, b: Rgb): number => {
  const [first, second] = [labOf(a), labOf(b)]
  return Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2])
}

describe('the colours of a report', () => {
  it('are the same dark ones for a dark system and for a reader who chose dark', () => {
    expect(DARK_BY_CHOICE.size).toBe(LIGHT.size)
    expect(DARK_BY_CHOICE).toEqual(DARK_BY_SYSTEM)
  })

  const schemes = [
    ['light', LIGHT],
    ['dark', DARK_BY_CHOICE],
  ] as const

  describe.each(schemes)('in a %s scheme', (_, palette) => {
    it.each(['text', 'muted', 'accent', 'gain', 'loss', 'alarm'])('let %s be read on a card', (name) => {
      expect(contrast(linear(palette, name), linear(palette, 'card'))).toBeGreaterThanOrEqual(4.5)
    })

    it.each(Object.entries(EYES))('tell gains from losses and long from short with %s', (__, rows) => {
      const colour = (name: string) => seen(linear(palette, name), rows)
      expect(distance(colour('gain'), colour('loss'))).toBeGreaterThan(40)
      expect(distance(colour('accent'), colour('alarm'))).toBeGreaterThan(20)
    })
  })
})
