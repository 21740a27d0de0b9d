// Draws the charts of a backtest report in the browser from the JSON of the page. Runs after uPlot and
// lightweight-charts, whose globals it reads.
;(() => {
  'use strict'
  const { uPlot, LightweightCharts } = globalThis
  const root = document.documentElement
  const data = JSON.parse(document.getElementById('report-data').textContent)
  const { curve, bars, trades } = data
  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim()
  const percent = (value) => (value === null || value === undefined ? '–' : `${(value * 100).toFixed(2)}%`)
  const money = (value) =>
    value === null || value === undefined
      ? '–'
      : value.toLocaleString('en-US', { maximumSignificantDigits: 7 })
  const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

  let isLogarithmic = false
  let drawn = []

  // Per row: the least step in seconds, the text of a tick, and what is added where a year, or a day, begins.
  const YEAR_BEGINS = '\n{YYYY}'
  const DAY_BEGINS = '\n{MMM} {D}'
  const timeTexts = [
    [31_536_000, '{YYYY}', null, null, null, null, null, null, 1],
    [2_419_200, '{MMM}', YEAR_BEGINS, null, null, null, null, null, 1],
    [86_400, '{MMM} {D}', YEAR_BEGINS, null, null, null, null, null, 1],
    [60, '{HH}:{mm}', `${DAY_BEGINS} {YYYY}`, null, DAY_BEGINS, null, null, null, 1],
    [1, '{HH}:{mm}:{ss}', `${DAY_BEGINS} {YYYY}`, null, DAY_BEGINS, null, null, null, 1],
  ]

  const axes = (valueTexts) => {
    const line = { stroke: colour('grid'), width: 1 }
    const look = { stroke: colour('muted'), grid: line, ticks: line }
    return [
      { ...look, values: timeTexts },
      { ...look, size: 70, values: (_, splits) => valueTexts(splits) },
    ]
  }

  /** `10K` where that tells the ticks apart, all digits where it does not. */
  const moneyTexts = (splits) => {
    const texts = splits.map((value) => (value === null ? '' : compact.format(value)))
    const shown = texts.filter((text) => text !== '')
    return new Set(shown).size === shown.length ? texts : splits.map(money)
  }
  const percentTexts = (splits) => splits.map((value) => `${Math.round(value * 1000) / 10}%`)

  const options = (element, height) => ({
    width: element.clientWidth,
    height,
    tzDate: (second) => uPlot.tzDate(new Date(second * 1000), 'Etc/UTC'),
    cursor: { sync: { key: 'time' }, points: { size: 6 } },
    legend: { live: true },
    // Away from the pointer the legend tells the end of the run.
    hooks: {
      setCursor: [(chart) => chart.cursor.idx ?? chart.setLegend({ idx: chart.data[0].length - 1 })],
      ready: [(chart) => chart.setLegend({ idx: chart.data[0].length - 1 })],
    },
  })

  const time = { label: 'Time', value: '{YYYY}-{MM}-{DD} {HH}:{mm}' }

  const drawEquity = (element) => {
    const series = [
      time,
      {
        label: 'Strategy',
        stroke: colour('accent'),
        width: 2,
        value: (_, value) => money(value),
        points: { show: false },
      },
    ]
    const columns = [curve.time, curve.equity]
    if (curve.held !== null) {
      series.push({
        label: 'Buy and hold',
        stroke: colour('muted'),
        width: 1.25,
        dash: [5, 4],
        value: (_, value) => money(value),
        points: { show: false },
      })
      columns.push(curve.held)
    }
    const scales = { y: isLogarithmic ? { distr: 3 } : {} }
    return new uPlot({ ...options(element, 300), series, scales, axes: axes(moneyTexts) }, columns, element)
  }

  const drawDrawdown = (element) =>
    new uPlot(
      {
        ...options(element, 150),
        series: [
          time,
          {
            label: 'Drawdown',
            stroke: colour('loss'),
            fill: colour('loss-fill'),
            fillTo: 0,
            width: 1.25,
            value: (_, value) => percent(value),
            points: { show: false },
          },
        ],
        scales: { y: { range: (_, low) => [low === 0 ? -0.01 : low * 1.05, 0] } },
        axes: axes(percentTexts),
      },
      [curve.time, curve.drawdown],
      element,
    )

  /** The drawn bar that holds an instant. */
  const barAt = (second) => {
    let low = 0
    let high = bars.time.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (bars.time[middle] <= second) low = middle
      else high = middle - 1
    }
    return low
  }

  const MARKED_UP_TO = 200
  const WRITTEN_UP_TO = 30

  const markersOf =
    (isWritten) =>
    ([isLong, entry, exit, result]) => [
      {
        time: bars.time[barAt(entry)],
        position: isLong ? 'belowBar' : 'aboveBar',
        shape: isLong ? 'arrowUp' : 'arrowDown',
        color: colour('accent'),
      },
      {
        time: bars.time[barAt(exit)],
        position: isLong ? 'aboveBar' : 'belowBar',
        shape: 'circle',
        size: 0.7,
        color: colour(result < 0 ? 'loss' : 'gain'),
        ...(isWritten ? { text: `${result > 0 ? '+' : ''}${percent(result)}` } : {}),
      },
    ]

  /** Entries and exits in sight: none where they would only cover the candles, returns written where few. */
  const markersBetween = (from, to) => {
    const inSight = trades.filter(([, entry, exit]) => exit >= from && entry <= to)
    if (inSight.length > MARKED_UP_TO) return []
    const markers = inSight.flatMap(markersOf(inSight.length <= WRITTEN_UP_TO))
    return markers.sort((a, b) => a.time - b.time)
  }

  const SHOWN_AT_FIRST = 250
  let price = null

  const drawPrice = (element) => {
    const chart = LightweightCharts.createChart(element, {
      autoSize: true,
      layout: {
        background: { color: 'transparent' },
        textColor: colour('muted'),
        fontFamily: getComputedStyle(document.body).fontFamily,
        attributionLogo: true,
      },
      grid: { vertLines: { color: colour('grid') }, horzLines: { color: colour('grid') } },
      rightPriceScale: { borderColor: colour('grid') },
      timeScale: { borderColor: colour('grid'), timeVisible: data.intraday },
      crosshair: { mode: 0 },
    })
    const series = chart.addSeries(LightweightCharts.CandlestickSeries, {
      upColor: colour('gain'),
      downColor: colour('loss'),
      wickUpColor: colour('gain'),
      wickDownColor: colour('loss'),
      borderVisible: false,
      priceFormat: { type: 'price', precision: data.decimals, minMove: 10 ** -data.decimals },
    })
    series.setData(
      bars.time.map((second, i) => ({
        time: second,
        open: bars.open[i],
        high: bars.high[i],
        low: bars.low[i],
        close: bars.close[i],
      })),
    )
    const markers = LightweightCharts.createSeriesMarkers(series, [])
    chart.timeScale().subscribeVisibleTimeRangeChange((range) => {
      if (range !== null) markers.setMarkers(markersBetween(range.from, range.to))
    })
    return { chart }
  }

  const showBars = (from, to) => price?.chart.timeScale().setVisibleLogicalRange({ from, to })
  const showAll = () => price?.chart.timeScale().fitContent()

  const draw = () => {
    const kept = price?.chart.timeScale().getVisibleLogicalRange() ?? null
    for (const chart of drawn) chart.destroy()
    price?.chart.remove()
    const place = (id) => {
      const element = document.getElementById(id)
      element.replaceChildren()
      return element
    }
    drawn = [drawEquity(place('equity-chart')), drawDrawdown(place('drawdown-chart'))]
    price = bars.time.length === 0 ? null : drawPrice(place('price-chart'))
    const count = bars.time.length
    if (kept !== null) showBars(kept.from, kept.to)
    else if (count > SHOWN_AT_FIRST) showBars(count - SHOWN_AT_FIRST, count + 3)
    else showAll()
  }

  const paintFor = (theme) => () => {
    if (theme === null) delete root.dataset.theme
    else root.dataset.theme = theme
    draw()
  }

  if (curve.time.length === 0) {
    for (const id of ['equity', 'market']) document.getElementById(id).hidden = true
    return
  }

  draw()
  const canBeLogarithmic = Math.min(...curve.equity) > 0
  const logSwitch = document.getElementById('log-scale')
  logSwitch.hidden = !canBeLogarithmic
  logSwitch.addEventListener('click', () => {
    isLogarithmic = !isLogarithmic
    logSwitch.setAttribute('aria-pressed', String(isLogarithmic))
    draw()
  })
  document.getElementById('show-all').addEventListener('click', showAll)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  // Paper is white whatever the screen prefers, and a canvas does not follow a print style by itself.
  addEventListener('beforeprint', paintFor('light'))
  addEventListener('afterprint', paintFor(null))

  let width = 0
  new ResizeObserver(([entry]) => {
    const next = Math.floor(entry.contentRect.width)
    if (next === width || next === 0) return
    width = next
    for (const chart of drawn) chart.setSize({ width, height: chart.height })
  }).observe(document.getElementById('equity-chart'))

  const MARGIN_BARS = 15
  const showTrade = (row) => {
    const [, entry, exit] = trades[Number(row.dataset.trade)]
    showBars(barAt(entry) - MARGIN_BARS, barAt(exit) + MARGIN_BARS)
    document.getElementById('market').scrollIntoView({ behavior: 'smooth' })
  }
  const tableBody = document.querySelector('#trades tbody')
  tableBody?.addEventListener('click', (event) => {
    const row = event.target.closest('tr')
    if (row !== null) showTrade(row)
  })
  tableBody?.addEventListener('keydown', (event) => {
    const row = event.target.closest('tr')
    if (event.key === 'Enter' && row !== null) showTrade(row)
  })
})()
