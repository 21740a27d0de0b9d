// What the pictures and the table of a sweep share: which runs are chosen, and the colours of the objective.
globalThis.runs = (() => {
  'use strict'
  const { sheet } = globalThis
  const { columns } = sheet.data
  const table = document.querySelector('#runs table')
  if (table === null) return null
  const inputs = new Map(
    [...table.querySelectorAll('[data-filter]')].map((input) => [input.dataset.filter, input]),
  )
  /** Column to [lowest, highest], both included. */
  const chosen = new Map()
  const listeners = []

  const NUMBER = String.raw`\s*(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*%?\s*`
  const FORMS = [
    [new RegExp(`^${NUMBER}$`, 'i'), (a) => [a, a]],
    [new RegExp(`^(?:>=?)${NUMBER}$`, 'i'), (a) => [a, Infinity]],
    [new RegExp(`^(?:<=?)${NUMBER}$`, 'i'), (a) => [-Infinity, a]],
    [new RegExp(`^${NUMBER}\\.\\.${NUMBER}$`, 'i'), (a, b) => [Math.min(a, b), Math.max(a, b)]],
  ]
  const scaleOf = (column) => (column.kind === 'percent' ? 100 : 1)
  /** Half a unit of the last digit that was written, so that a number finds what is shown as it. */
  const slack = (text) => 0.5 * 10 ** -(/\.(\d+)/.exec(text)?.[1].length ?? 0)

  /** The range that a filter's text means; undefined where it means none. */
  const parse = (column, text) => {
    for (const [form, rangeOf] of FORMS) {
      const found = form.exec(text)
      if (found === null) continue
      const scale = scaleOf(column)
      const [low, high] = rangeOf(...found.slice(1).map(Number))
      const around = column.kind === 'parameter' || column.kind === 'count' ? 0 : slack(text)
      // A bound with < or > alone leaves the number itself out.
      const isOpen = /^\s*[<>][^=]/.test(text)
      const shift = isOpen ? -1e-12 * Math.max(1, Math.abs(low === -Infinity ? high : low)) : around
      return [(low - shift) / scale, (high + shift) / scale]
    }
    return undefined
  }

  const rangeText = (column, range) => {
    const [from, to] = range.map((value) => String(Number((value * scaleOf(column)).toPrecision(6))))
    return from === to ? from : `${from}..${to}`
  }

  const isChosen = (valueOf) => {
    for (const [key, [low, high]] of chosen) {
      const value = valueOf(key)
      if (!(value >= low && value <= high)) return false
    }
    return true
  }

  const clear = document.getElementById('clear-filters')
  const shown = document.getElementById('runs-shown')
  const rows = [...table.tBodies[0].rows]
  const places = new Map(columns.map(({ key }, place) => [key, place + 1]))
  const applyToTable = () => {
    let count = 0
    for (const row of rows) {
      const isShown = isChosen((key) => Number(row.cells[places.get(key)].dataset.value))
      row.hidden = !isShown
      if (isShown) count++
    }
    clear.hidden = chosen.size === 0
    shown.textContent = chosen.size === 0 ? '' : `${count} of ${rows.length} listed runs are shown.`
  }
  const tell = () => {
    applyToTable()
    for (const listener of listeners) listener()
  }

  /** Chooses the runs within the range of the column, or any where there is none. */
  const choose = (key, range) => {
    const input = inputs.get(key)
    const column = columns[places.get(key) - 1]
    if (range === undefined) chosen.delete(key)
    else chosen.set(key, range)
    input.value = range === undefined ? '' : rangeText(column, range)
    input.removeAttribute('aria-invalid')
    tell()
  }

  for (const [key, input] of inputs) {
    input.addEventListener('input', () => {
      const column = columns[places.get(key) - 1]
      const range = parse(column, input.value)
      input.toggleAttribute('aria-invalid', input.value.trim() !== '' && range === undefined)
      if (range === undefined) chosen.delete(key)
      else chosen.set(key, range)
      tell()
    })
  }
  clear.addEventListener('click', () => {
    chosen.clear()
    for (const input of inputs.values()) input.value = ''
    tell()
  })

  // Cividis (Nunez, Anderton and Renslow, 2018) at six even places: blue to yellow, alike for eyes without red or green cones.
  const RAMP = [
    [0, 34, 78],
    [53, 69, 108],
    [102, 105, 112],
    [148, 142, 119],
    [200, 184, 102],
    [254, 232, 56],
  ]
  /** The colour of a share 0 to 1 of the way from the lowest to the highest, which stands out from the page. */
  const ramp = (share) => {
    const place = Math.min(1, Math.max(0, share))
    const at = (sheet.isDark() ? place : 1 - place) * (RAMP.length - 1)
    const from = Math.min(RAMP.length - 2, Math.floor(at))
    return RAMP[from].map((value, k) => Math.round(value + (RAMP[from + 1][k] - value) * (at - from)))
  }
  /** A scale over the values that exist; the lowest twentieth shares the darkest colour, so that no outlier hides the rest. */
  const scaleFor = (values) => {
    const known = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort()
    const low = known[Math.floor(known.length * 0.05)] ?? 0
    const high = known[known.length - 1] ?? 1
    const shareOf = (value) => (high > low ? (value - low) / (high - low) : 1)
    return {
      low,
      high,
      isCut: known.length > 0 && known[0] < low,
      shareOf,
      colourOf: (value, alpha = 1) => `rgb(${ramp(shareOf(value)).join(' ')} / ${alpha})`,
      /** Of text upon that colour. */
      inkOf: (value) => (ramp(shareOf(value))[1] < 128 ? '#ffffff' : '#17212b'),
    }
  }

  return {
    columns,
    choose,
    rangeOf: (key) => chosen.get(key),
    isChosen,
    hasChoice: () => chosen.size > 0,
    onChoice: (listener) => listeners.push(listener),
    ramp,
    scaleFor,
    rows,
  }
})()
