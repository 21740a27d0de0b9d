/** Of a power of ten: what people count by. */
const STEPS = [1, 2, 2.5, 5]

/** The multiples between two values of the largest round step that makes so many parts or more of them. */
export const roundValues = (low: number, high: number, parts: number): number[] => {
  const most = (high - low) / parts
  const power = 10 ** Math.floor(Math.log10(most))
  const step = power * (STEPS.findLast((size) => size * power <= most) ?? 1)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step)
}
