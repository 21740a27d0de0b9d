// What trades made against how far they went for and against the position while they were open.
;(() => {
  'use strict'
  const { sheet } = globalThis
  const { trades, colour } = sheet
  if (trades.count === 0) return

  const PAD = { left: 58, right: 12, top: 10, bottom: 38 }
  const HEIGHT = 280
  /** Pixels between the pointer and a point that still count as on it. */
  const NEAR = 14
  const CROWD = 300

  /** About `count` round steps between two values. */
  const ticks = ([low, high], count) => {
    const rough = (high - low) / count
    const magnitude = 10 ** Math.floor(Math.log10(rough))
    const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((size) => size >= rough)
    const first = Math.ceil(low / step)
    return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step)
  }
  const tickText = (value) => `${Number((value * 100).toPrecision(6))}%`

  /** From the least to the greatest, zero among them. */
  const rangeOf = (values) => {
    let [low, high] = [0, 0]
    for (const value of values) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    const margin = (high - low) * 0.04 || 0.001
    return [low === 0 ? 0 : low - margin, high + margin]
  }

  const viewOf = ({ id, xs, label, slope }) => {
    const canvas = document.getElementById(id)
    const [xRange, yRange] = [rangeOf(xs), rangeOf(trades.result)]
    const view = { canvas, xs, label, slope, xRange, yRange, points: [], hovered: -1, width: 0 }
    view.tip = canvas.parentElement.querySelector('.tip')
    view.toX = (value) =>
      PAD.left + ((value - xRange[0]) / (xRange[1] - xRange[0])) * (view.width - PAD.left - PAD.right)
    view.toY = (value) =>
      HEIGHT - PAD.bottom - ((value - yRange[0]) / (yRange[1] - yRange[0])) * (HEIGHT - PAD.top - PAD.bottom)
    return view
  }

  const stroke = (pen, [x1, y1], [x2, y2]) => {
    pen.beginPath()
    pen.moveTo(x1, y1)
    pen.lineTo(x2, y2)
    pen.stroke()
  }

  const drawAxes = ({ xRange, yRange, toX, toY, width, label, slope }, pen) => {
    const [right, bottom] = [width - PAD.right, HEIGHT - PAD.bottom]
    pen.font = '11px system-ui, sans-serif'
    pen.strokeStyle = colour('grid')
    pen.fillStyle = colour('muted')
    pen.lineWidth = 1
    pen.textAlign = 'center'
    for (const value of ticks(xRange, Math.max(2, Math.floor(width / 90)))) {
      stroke(pen, [toX(value), PAD.top], [toX(value), bottom])
      pen.fillText(tickText(value), toX(value), bottom + 14)
    }
    pen.fillText(label, (PAD.left + right) / 2, HEIGHT - 6)
    pen.textAlign = 'right'
    for (const value of ticks(yRange, 6)) {
      stroke(pen, [PAD.left, toY(value)], [right, toY(value)])
      pen.fillText(tickText(value), PAD.left - 6, toY(value) + 4)
    }
    pen.strokeStyle = colour('muted')
    stroke(pen, [PAD.left, toY(0)], [right, toY(0)])
    pen.save()
    pen.beginPath()
    pen.rect(PAD.left, PAD.top, right - PAD.left, bottom - PAD.top)
    pen.clip()
    pen.setLineDash([3, 4])
    stroke(pen, [toX(0), toY(0)], [toX(xRange[1]), toY(slope * xRange[1])])
    pen.restore()
  }

  /** Winners are dots, losers are crosses: colour alone tells nobody. */
  const drawPoint = (pen, { x, y, i }, size) => {
    if (trades.result[i] < 0) {
      pen.strokeStyle = colour('loss')
      stroke(pen, [x - size, y - size], [x + size, y + size])
      stroke(pen, [x - size, y + size], [x + size, y - size])
      return
    }
    pen.fillStyle = colour('gain')
    pen.beginPath()
    pen.arc(x, y, size, 0, 2 * Math.PI)
    pen.fill()
  }

  const draw = (view) => {
    const { canvas, xs } = view
    view.width = canvas.parentElement.clientWidth
    const ratio = Math.max(1, devicePixelRatio)
    canvas.width = view.width * ratio
    canvas.height = HEIGHT * ratio
    canvas.style.width = `${view.width}px`
    canvas.style.height = `${HEIGHT}px`
    const pen = canvas.getContext('2d')
    pen.scale(ratio, ratio)
    drawAxes(view, pen)
    view.points = Array.from(xs, (value, i) => ({ i, x: view.toX(value), y: view.toY(trades.result[i]) }))
    const isCrowded = trades.count > CROWD
    pen.globalAlpha = isCrowded ? 0.55 : 0.85
    pen.lineWidth = 1.5
    for (const point of view.points) drawPoint(pen, point, isCrowded ? 2.5 : 3.5)
    pen.globalAlpha = 1
    if (view.hovered < 0) return
    const { x, y } = view.points[view.hovered]
    pen.strokeStyle = colour('text')
    pen.beginPath()
    pen.arc(x, y, 8, 0, 2 * Math.PI)
    pen.stroke()
  }

  const hover = (view, i) => {
    if (i === view.hovered) return
    const { tip, canvas } = view
    view.hovered = i
    draw(view)
    tip.hidden = i < 0
    canvas.style.cursor = i < 0 ? 'default' : 'pointer'
    if (i < 0) return
    const { x, y } = view.points[i]
    tip.textContent = sheet.tradeText(i)
    tip.style.left = `${Math.max(0, Math.min(x + 12, view.width - tip.offsetWidth))}px`
    tip.style.top = `${y > HEIGHT / 2 ? y - tip.offsetHeight - 12 : y + 14}px`
  }

  const nearest = ({ points }, { offsetX, offsetY }) => {
    let best = -1
    let least = NEAR ** 2
    for (const { i, x, y } of points) {
      const distance = (x - offsetX) ** 2 + (y - offsetY) ** 2
      if (distance <= least) [best, least] = [i, distance]
    }
    return best
  }

  const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }

  const listen = (view) => {
    const { canvas, xs } = view
    const order = Array.from(xs, (_, i) => i).sort((a, b) => xs[a] - xs[b])
    const places = new Map(order.map((i, place) => [i, place]))
    const stepFrom = (i, by) => {
      const place = places.get(i) ?? (by > 0 ? -1 : 0)
      return order[(place + by + order.length) % order.length]
    }
    canvas.addEventListener('pointermove', (event) => hover(view, nearest(view, event)))
    canvas.addEventListener('pointerleave', () => hover(view, -1))
    canvas.addEventListener('blur', () => hover(view, -1))
    canvas.addEventListener('click', (event) => {
      hover(view, nearest(view, event))
      if (view.hovered >= 0) sheet.showTrade(view.hovered)
    })
    canvas.addEventListener('keydown', (event) => {
      const by = STEPS[event.key]
      if (by !== undefined) hover(view, stepFrom(view.hovered, by))
      else if (event.key === 'Enter' && view.hovered >= 0) sheet.showTrade(view.hovered)
      else return
      event.preventDefault()
    })
    sheet.onPaint(() => draw(view))
  }

  const adverse = trades.mae.map((value) => Math.abs(value))
  listen(viewOf({ id: 'mae-chart', xs: adverse, label: 'went against the position by', slope: -1 }))
  listen(viewOf({ id: 'mfe-chart', xs: trades.mfe, label: 'went for the position by', slope: 1 }))
})()
