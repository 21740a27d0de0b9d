// Parallel coordinates: each run a line over its parameters and results. A range that is dragged on an axis is a filter
// of the table, and the other way round.
;(() => {
  'use strict'
  const { sheet, runs, decode } = globalThis
  const canvas = document.getElementById('lines-chart')
  if (canvas === null) return
  const { data, text, colour } = sheet
  const context = canvas.getContext('2d')
  const shown = document.getElementById('lines-shown')
  const ordinals = decode.float64(data.lines.ordinals)
  const values = data.lines.values.map((packed) => decode.float64(packed))
  const objectiveAt = runs.columns.findIndex(({ key }) => key === data.objective.key)
  const objective = values[objectiveAt]
  const scale = runs.scaleFor([...objective])
  const keys = new Map(runs.columns.map(({ key }, place) => [key, place]))

  const axes = runs.columns
    .map((column, place) => {
      const known = values[place].filter((value) => Number.isFinite(value))
      const low = known.reduce((a, b) => Math.min(a, b), Infinity)
      const high = known.reduce((a, b) => Math.max(a, b), -Infinity)
      return { ...column, place, low, high }
    })
    // What is the same for all says nothing.
    .filter(({ low, high }) => high > low)

  const HEIGHT = 340
  const TOP = 44
  const BOTTOM = 24
  const SPACING = 84
  const MARGIN = 44
  let width = 0
  let pointed = null
  let dragged = null

  const xOf = (k) => (axes.length < 2 ? width / 2 : MARGIN + (k * (width - 2 * MARGIN)) / (axes.length - 1))
  const yOf = ({ low, high }, value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM)
  /** Close to an end of the axis the end itself is meant. */
  const SNAP = 5
  const valueAt = ({ low, high }, y) => {
    if (y <= TOP + SNAP) return high
    if (y >= HEIGHT - BOTTOM - SNAP) return low
    return high - ((y - TOP) / (HEIGHT - TOP - BOTTOM)) * (high - low)
  }

  const trace = (row) => {
    context.beginPath()
    let isDown = false
    for (const [k, axis] of axes.entries()) {
      const value = values[axis.place][row]
      if (Number.isNaN(value)) {
        isDown = false
        continue
      }
      const [x, y] = [xOf(k), yOf(axis, value)]
      if (isDown) context.lineTo(x, y)
      else context.moveTo(x, y)
      isDown = true
    }
    context.stroke()
  }

  const drawLines = () => {
    let count = 0
    const isChosen = Array.from(ordinals, (_, row) => runs.isChosen((key) => values[keys.get(key)][row]))
    context.lineWidth = 1
    context.strokeStyle = colour('line')
    context.globalAlpha = 0.6
    for (let row = ordinals.length - 1; row >= 0; row--) if (!isChosen[row]) trace(row)
    context.globalAlpha = 1
    // The best run is drawn last, upon the others.
    for (let row = ordinals.length - 1; row >= 0; row--) {
      if (!isChosen[row]) continue
      count++
      const value = objective[row]
      context.strokeStyle = Number.isNaN(value) ? colour('muted') : scale.colourOf(value, 0.75)
      trace(row)
    }
    if (pointed !== null) {
      context.lineWidth = 3
      context.strokeStyle = colour('alarm')
      trace(pointed)
    }
    shown.textContent = runs.hasChoice() ? `${count} of ${ordinals.length} lines are chosen.` : ''
  }

  const drawAxis = (axis, k) => {
    const x = xOf(k)
    context.strokeStyle = colour('muted')
    context.lineWidth = 1
    context.strokeRect(x, TOP, 0, HEIGHT - TOP - BOTTOM)
    const range = dragged?.axis === axis ? dragged.range : runs.rangeOf(axis.key)
    if (range !== undefined) {
      const [top, bottom] = [
        yOf(axis, Math.min(range[1], axis.high)),
        yOf(axis, Math.max(range[0], axis.low)),
      ]
      context.fillStyle = colour('accent-fill')
      context.fillRect(x - 8, top - 2, 16, bottom - top + 4)
      context.strokeStyle = colour('accent')
      context.strokeRect(x - 8, top - 2, 16, bottom - top + 4)
    }
    context.textAlign = 'center'
    context.fillStyle = colour('text')
    context.font = '600 11.5px system-ui, sans-serif'
    context.fillText(fitted(axis.label), x, 14)
    context.fillStyle = colour('muted')
    context.font = '11px system-ui, sans-serif'
    context.fillText(text.kinds[axis.kind](axis.high), x, TOP - 8)
    context.fillText(text.kinds[axis.kind](axis.low), x, HEIGHT - 6)
  }

  /** Cut to the room between two axes. */
  const fitted = (label) => {
    const room = axes.length < 2 ? width : (width - 2 * MARGIN) / (axes.length - 1) - 6
    let cut = label
    while (cut.length > 3 && context.measureText(cut).width > room) cut = `${cut.slice(0, -2)}…`
    return cut
  }

  const draw = () => {
    const { clientWidth } = canvas.parentElement
    width = Math.max(clientWidth, (axes.length - 1) * SPACING + 2 * MARGIN)
    const ratio = devicePixelRatio || 1
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(HEIGHT * ratio)
    canvas.style.width = `${width}px`
    canvas.style.height = `${HEIGHT}px`
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, HEIGHT)
    drawLines()
    for (const [k, axis] of axes.entries()) drawAxis(axis, k)
  }

  let isAsked = false
  const redraw = () => {
    if (isAsked) return
    isAsked = true
    requestAnimationFrame(() => {
      isAsked = false
      draw()
    })
  }

  const NEAR = 24
  const axisNear = (x) => {
    const nearest = axes.map((axis, k) => [Math.abs(xOf(k) - x), axis]).sort(([a], [b]) => a - b)[0]
    return nearest !== undefined && nearest[0] <= NEAR ? nearest[1] : undefined
  }
  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  canvas.addEventListener('pointerdown', (event) => {
    const [x, y] = placeOf(event)
    const axis = axisNear(x)
    if (axis === undefined) return
    event.preventDefault()
    canvas.setPointerCapture(event.pointerId)
    dragged = { axis, from: y, range: undefined }
  })
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = placeOf(event)
    canvas.style.cursor = axisNear(x) === undefined ? '' : 'ns-resize'
    if (dragged === null || Math.abs(y - dragged.from) < 4) return
    const ends = [valueAt(dragged.axis, dragged.from), valueAt(dragged.axis, y)]
    dragged.range = ends.sort((a, b) => a - b)
    redraw()
  })
  canvas.addEventListener('pointerup', () => {
    if (dragged === null) return
    const { axis, range } = dragged
    dragged = null
    runs.choose(axis.key, range)
  })
  canvas.addEventListener('pointercancel', () => {
    dragged = null
    redraw()
  })

  // The row under the pointer, or with the focus, is the thick line.
  const rowsOf = new Map(Array.from(ordinals, (ordinal, row) => [String(ordinal), row]))
  const point = (event) => {
    const tr = event.target instanceof Element ? event.target.closest('tr[data-ordinal]') : null
    const next = tr === null ? null : (rowsOf.get(tr.dataset.ordinal) ?? null)
    if (next === pointed) return
    pointed = next
    redraw()
  }
  const body = document.querySelector('#runs tbody')
  body.addEventListener('pointerover', point)
  body.addEventListener('focusin', point)
  body.addEventListener('pointerleave', point)

  runs.onChoice(redraw)
  sheet.onPaint(draw)
  sheet.start()
})()
