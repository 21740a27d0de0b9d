// Reads the columns of a page back into numbers. Needs no document.
globalThis.decode = (() => {
  'use strict'
  const bytesOf = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  const float32 = (text) => new Float32Array(bytesOf(text).buffer)
  const float64 = (text) => new Float64Array(bytesOf(text).buffer)

  /** Base-128 digits, lowest first; the high bit says that more follow. */
  const naturals = (text) => {
    const bytes = bytesOf(text)
    const values = []
    for (let i = 0; i < bytes.length; i++) {
      let value = bytes[i] % 128
      for (let scale = 128; bytes[i] >= 128; scale *= 128) value += (bytes[++i] % 128) * scale
      values.push(value)
    }
    return values
  }
  const unzigzag = (value) => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

  /** Bars with their times in seconds and the rows that each of them stands for. */
  const barsOf = ({ count, startMs, unitMs, decimals, times, prices }) => {
    const runs = naturals(times)
    const values = naturals(prices)
    const scale = 10 ** decimals
    const bars = []
    const rows = []
    let timeMs = startMs
    let before = 0
    for (let run = 0; run < runs.length; run += 3) {
      for (let k = 0; k < runs[run + 2]; k++) {
        const at = bars.length * 4
        const open = before + unzigzag(values[at])
        const close = open + unzigzag(values[at + 1])
        timeMs += runs[run] * unitMs
        rows.push(runs[run + 1])
        bars.push({
          time: timeMs / 1000,
          open: open / scale,
          high: (Math.max(open, close) + values[at + 2]) / scale,
          low: (Math.min(open, close) - values[at + 3]) / scale,
          close: close / scale,
        })
        before = close
      }
    }
    return { bars, rows, count, decimals }
  }

  /** Steps of stop, target and trailing stop of each trade, in seconds since its entry. */
  const levelsOf = ({ counts, times, unitMs, prices }) => {
    const steps = naturals(times)
    const values = float32(prices)
    let at = 0
    const lists = naturals(counts).map((count) => {
      let second = 0
      return Array.from({ length: count }, () => {
        second += (steps[at] * unitMs) / 1000
        return [second, values[at++]]
      })
    })
    return Array.from({ length: lists.length / 3 }, (_, i) => lists.slice(i * 3, i * 3 + 3))
  }

  /** Of each trade why it was entered and left: comparisons with their values, and seconds from the bar that decided. */
  const reasonsOf = ({ count, forms, signals, unitMs, values }) => {
    const codes = naturals(signals)
    const numbers = float32(values)
    let code = 0
    let number = 0
    const comparison = () => {
      const [left, op, right, isDenied] = forms[codes[code++]]
      const [a, b] = [numbers[number++], numbers[number++]]
      const isCross = op.startsWith('crosses')
      const before = isCross ? [numbers[number++], numbers[number++]] : [undefined, undefined]
      return {
        left: { text: left, value: a, before: before[0] },
        op,
        right: { text: right, value: b, before: before[1] },
        isDenied,
      }
    }
    const signal = () => {
      const [length, more, delay] = [codes[code++], codes[code++], codes[code++]]
      return { comparisons: Array.from({ length }, comparison), more, delay: (delay * unitMs) / 1000 }
    }
    return Array.from({ length: count }, () => ({ entry: signal(), exit: signal() }))
  }

  return { bytesOf, naturals, float32, float64, barsOf, levelsOf, reasonsOf }
})()
