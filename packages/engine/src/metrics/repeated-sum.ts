/**
 * The running sum after adding `value` to it `count` times, one after the other, to the last bit of that loop.
 * Both are >= 0. Between two powers of two an addition moves the sum by a whole number of its last places: the same
 * number every time, once two additions in a row have agreed. The steps up to the next power are then one product.
 */
export const addRepeatedly = (sum: number, value: number, count: number): number => {
  let total = sum
  let left = count
  while (left > 0) {
    total += value
    left--
    if (left < FEWEST_WORTH_SKIPPING) continue
    const next = total + value
    const step = next - total
    if (next + value - next !== step) continue
    const power = powerAbove(total)
    if (total + left * step < power) return total + left * step
    // One step less than fits, as the quotient may have been rounded up.
    const steps = Math.floor((power - total) / step) - 1
    if (!(steps > 0)) continue
    total += steps * step
    left -= steps
  }
  return total
}

const FEWEST_WORTH_SKIPPING = 8

const double = new DataView(new ArrayBuffer(8))
let lastPower = 1

/** The smallest power of two above a double: the exponent plus one, the fraction cleared. */
const powerAbove = (value: number): number => {
  if (value < lastPower && value >= lastPower / 2) return lastPower
  double.setFloat64(0, value)
  double.setUint32(0, (double.getUint32(0) & 0x7ff00000) + 0x00100000)
  double.setUint32(4, 0)
  lastPower = double.getFloat64(0)
  return lastPower
}
