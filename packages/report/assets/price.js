// The candles with entries, exits, stops and targets; coarse over the whole period, in full around the trades.
;(() => {
  'use strict'
  const { LightweightCharts, decode, sheet } = globalThis
  const { data, trades, colour, candles } = sheet
  const { barAt, entryMark, tradeMarks, MARGIN_BARS } = candles
  const overview = sheet.barsOf(data.bars.overview)
  const detail = data.bars.detail === null ? overview : sheet.barsOf(data.bars.detail)
  if (overview.count === 0) {
    document.getElementById('market').hidden = true
    return
  }
  const levels = decode.levelsOf(data.levels)
  const caption = document.getElementById('price-caption')

  let level = overview
  let selected = null
  let view = null
  let frame = null

  const timeAt = (second) => level.bars[barAt(level, second)].time

  /** Every fill of the chosen trade, at its price. */
  const fillMarks = () => {
    if (selected === null) return []
    const own = data.fills.filter(([trade]) => trade === selected)
    const ends = [
      [selected, true, trades.entryTime[selected], trades.entryPrice[selected]],
      [selected, false, trades.exitTime[selected], trades.exitPrice[selected]],
    ]
    return (own.length === 0 ? ends : own).map(([, isEntry, second, price]) => ({
      time: timeAt(second),
      position: 'atPriceMiddle',
      price,
      shape: isEntry ? 'circle' : 'square',
      size: 0.5,
      color: colour('text'),
    }))
  }

  /** Entries and exits in sight: none where they would only cover the candles, returns written where few. */
  const marksBetween = (from, to) => {
    const among = []
    const most = candles.mostMarked(view.chart)
    for (let i = 0; i < trades.count && among.length <= most; i++) {
      if (trades.exitTime[i] >= from && trades.entryTime[i] <= to) among.push(i)
    }
    const shown = among.length > most ? [] : among
    const isWritten = shown.length <= candles.WRITTEN_UP_TO
    const marks = shown.flatMap((i) => tradeMarks(i, { timeAt, isWritten }))
    if (data.open !== null && data.open[1] <= to) marks.push(entryMark(data.open[0], timeAt(data.open[1])))
    return [...marks, ...fillMarks()].sort((a, b) => a.time - b.time)
  }

  const why = document.getElementById('trade-why')
  /** The rules behind the chosen trade; their texts come from a strategy and are set as text. */
  const sayWhy = () => {
    const lines = selected === null ? [] : sheet.whyText(selected)
    why.hidden = lines.length === 0
    why.replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement('li')
        item.textContent = line
        return item
      }),
    )
  }

  const say = (from, to) => {
    caption.textContent = candles.caption(level.rows.slice(Math.max(0, from), to + 1), selected)
    sayWhy()
  }

  const DETAIL_BELOW = 90
  const OVERVIEW_ABOVE = 150

  const setLevel = (next) => {
    level = next
    view.series.setData(level.bars)
  }

  /** What was asked for and is not shown yet: the library moves with its next frame. */
  let asked = null
  const PATIENCE = 5
  const setRange = (from, to) => {
    asked = { from, frames: 0 }
    view.chart.timeScale().setVisibleLogicalRange({ from, to })
    updateSoon()
  }
  const isMoving = () => {
    if (asked === null) return false
    const range = view.chart.timeScale().getVisibleLogicalRange()
    if ((range !== null && Math.abs(range.from - asked.from) < 1) || ++asked.frames > PATIENCE) asked = null
    return asked !== null
  }

  /** First and last drawn bar in sight; null while nothing is drawn. */
  const inSight = () => {
    const range = view.chart.timeScale().getVisibleLogicalRange()
    if (range === null) return null
    const last = level.bars.length - 1
    const within = (at) => Math.min(last, Math.max(0, at))
    return [within(Math.floor(range.from)), within(Math.ceil(range.to))]
  }

  /** Finer candles where the reader has zoomed in, coarse ones where there would be too many. */
  const followZoom = () => {
    const bars = inSight()
    if (bars === null || detail === overview) return
    const [from, to] = bars
    const start = level.bars[from].time
    const end = level.bars[Math.min(to + 1, level.bars.length - 1)].time
    const coarse = barAt(overview, end) - barAt(overview, start)
    const next = coarse < DETAIL_BELOW ? detail : coarse > OVERVIEW_ABOVE ? overview : level
    if (next === level) return
    setLevel(next)
    drawTrade()
    setRange(barAt(level, start), barAt(level, end))
  }

  const update = () => {
    frame = null
    if (isMoving()) {
      updateSoon()
      return
    }
    followZoom()
    const bars = inSight()
    if (bars === null) return
    const [from, to] = bars
    view.markers.setMarkers(marksBetween(level.bars[from].time, level.bars[to].time))
    say(from, to)
  }
  /** Not within the event itself: what is changed there is an event again. */
  const updateSoon = () => {
    frame ??= requestAnimationFrame(update)
  }

  const THIN_LINE = {
    lineWidth: 1,
    lastValueVisible: false,
    priceLineVisible: false,
    crosshairMarkerVisible: false,
  }

  /** Lines of the chosen trade: from fill to fill, its stop and its target. */
  const drawTrade = () => {
    for (const line of view.lines) view.chart.removeSeries(line)
    view.lines = []
    if (selected === null) return
    const i = selected
    const first = barAt(level, trades.entryTime[i])
    // A line needs two bars.
    const last = Math.min(level.bars.length - 1, Math.max(first + 1, barAt(level, trades.exitTime[i])))
    if (last === first) return
    const add = (points, options) => {
      const line = view.chart.addSeries(LightweightCharts.LineSeries, { ...THIN_LINE, ...options })
      line.setData(points.map(([bar, value]) => ({ time: level.bars[bar].time, value })))
      view.lines.push(line)
    }
    const { Dotted, Dashed, LargeDashed, Solid } = LightweightCharts.LineStyle
    const lineType = LightweightCharts.LineType.WithSteps
    const ends = [
      [first, trades.entryPrice[i]],
      [last, trades.exitPrice[i]],
    ]
    add(ends, { color: colour(trades.result[i] < 0 ? 'loss' : 'gain'), lineStyle: Solid })
    const styles = [
      { color: colour('loss'), lineStyle: Dashed },
      { color: colour('gain'), lineStyle: Dotted },
      { color: colour('accent'), lineStyle: LargeDashed },
    ]
    for (const [k, steps] of levels[i].entries()) {
      if (steps.length === 0) continue
      // Of steps within one drawn candle the last one counts; the level stands to the end of the trade.
      const points = new Map(
        steps.map(([second, price]) => [
          Math.min(last - 1, barAt(level, trades.entryTime[i] + second)),
          price,
        ]),
      )
      points.set(last, steps.at(-1)[1])
      add([...points], { ...styles[k], lineType })
    }
  }

  const draw = (element) => {
    const drawn = candles.draw(element, overview)
    drawn.chart.timeScale().subscribeVisibleLogicalRangeChange(updateSoon)
    return { ...drawn, lines: [] }
  }

  const showAll = () => {
    if (level !== overview) setLevel(overview)
    selected = null
    drawTrade()
    // Room for the texts of the first and the last mark.
    const room = level.bars.length * 0.03
    setRange(-room, level.bars.length - 1 + room)
  }

  sheet.showTrade = (i, isScrolling = true) => {
    selected = i
    if (level !== detail) setLevel(detail)
    drawTrade()
    const entry = barAt(detail, trades.entryTime[i])
    const exit = barAt(detail, trades.exitTime[i])
    setRange(entry - MARGIN_BARS, exit + MARGIN_BARS)
    if (isScrolling) document.getElementById('market').scrollIntoView({ behavior: 'smooth', block: 'start' })
  }

  sheet.onPaint(() => {
    const kept = view?.chart.timeScale().getVisibleLogicalRange() ?? null
    view?.chart.remove()
    view = draw(document.getElementById('price-chart'))
    setLevel(level)
    drawTrade()
    if (kept === null) showAll()
    else setRange(kept.from, kept.to)
    update()
    // The library draws with its next frame, for which paper does not wait; a picture is drawn at once.
    if (sheet.isOnPaper()) view.chart.chartElement().replaceWith(view.chart.takeScreenshot())
  })

  const element = document.getElementById('price-chart')
  const wheelZooms = (isOn) => () => view.chart.applyOptions({ handleScale: { mouseWheel: isOn } })
  element.addEventListener('pointerdown', wheelZooms(true))
  element.addEventListener('pointerleave', wheelZooms(false))

  const zoom = (factor) => () => {
    const { from, to } = view.chart.timeScale().getVisibleLogicalRange()
    const half = ((to - from) / 2) * factor
    setRange((from + to) / 2 - half, (from + to) / 2 + half)
  }
  document.getElementById('zoom-in').addEventListener('click', zoom(0.5))
  document.getElementById('zoom-out').addEventListener('click', zoom(2))
  document.getElementById('show-all').addEventListener('click', showAll)
  const step = (by) => () => {
    const next = selected === null ? (by > 0 ? 0 : trades.count - 1) : selected + by
    sheet.showTrade((next + trades.count) % trades.count, false)
  }
  for (const [id, by] of [
    ['trade-before', -1],
    ['trade-after', 1],
  ]) {
    const button = document.getElementById(id)
    button.hidden = trades.count === 0
    button.addEventListener('click', step(by))
  }
})()
