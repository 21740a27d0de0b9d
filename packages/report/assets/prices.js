// The candles of one symbol of a portfolio with its entries and exits; the reader chooses which.
;(() => {
  'use strict'
  const { sheet } = globalThis
  const { data, trades, candles } = sheet
  const choice = document.getElementById('price-symbol')
  const caption = document.getElementById('price-caption')
  const element = document.getElementById('price-chart')

  const read = new Map()
  /** Bars of the chosen symbol; read when they are first looked at. */
  const chosen = () => {
    const member = Number(choice.value)
    if (!read.has(member)) read.set(member, sheet.barsOf(data.prices[member].bars))
    return read.get(member)
  }

  let view = null
  let selected = null

  const marksOf = (level) => {
    const { symbol } = data.prices[Number(choice.value)]
    const own = data.symbols.flatMap((name, i) => (name === symbol ? [i] : []))
    // Of too many only the chosen one is marked.
    const shown = own.length > candles.mostMarked(view.chart) ? own.filter((i) => i === selected) : own
    const timeAt = (second) => level.bars[candles.barAt(level, second)].time
    const isWritten = shown.length <= candles.WRITTEN_UP_TO
    return shown.flatMap((i) => candles.tradeMarks(i, { timeAt, isWritten })).sort((a, b) => a.time - b.time)
  }

  const fit = (level) => {
    const scale = view.chart.timeScale()
    if (selected === null) {
      scale.fitContent()
      return
    }
    scale.setVisibleLogicalRange({
      from: candles.barAt(level, trades.entryTime[selected]) - candles.MARGIN_BARS,
      to: candles.barAt(level, trades.exitTime[selected]) + candles.MARGIN_BARS,
    })
  }

  /** Drawn anew for each symbol: its prices have their own digits. */
  const show = () => {
    const level = chosen()
    view?.chart.remove()
    view = candles.draw(element, level)
    caption.textContent = candles.caption(level.rows, selected)
    view.series.setData(level.bars)
    if (level.bars.length > 0) view.markers.setMarkers(marksOf(level))
    fit(level)
  }

  sheet.showTrade = (i) => {
    selected = i
    choice.value = String(data.prices.findIndex(({ symbol }) => symbol === data.symbols[i]))
    show()
    document.getElementById('market').scrollIntoView({ behavior: 'smooth', block: 'start' })
  }

  const showAll = () => {
    selected = null
    show()
  }
  choice.addEventListener('change', showAll)
  document.getElementById('show-all').addEventListener('click', showAll)

  sheet.onPaint(() => {
    show()
    // The library draws with its next frame, for which paper does not wait; a picture is drawn at once.
    if (sheet.isOnPaper()) view.chart.chartElement().replaceWith(view.chart.takeScreenshot())
  })
})()
