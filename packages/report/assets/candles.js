// What the price charts of both kinds of report share: how candles are drawn, and the marks of a trade.
;(() => {
  'use strict'
  const { LightweightCharts, sheet } = globalThis
  const { trades, text, colour } = sheet

  /** The bar that holds an instant. */
  const barAt = ({ bars }, second) => {
    let low = 0
    let high = bars.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (bars[middle].time <= second) low = middle
      else high = middle - 1
    }
    return low
  }

  const DAY_SECONDS = 86_400

  /** An empty chart for bars as `sheet.barsOf` gives them. */
  const draw = (element, { bars, decimals }) => {
    const line = colour('grid')
    const chart = LightweightCharts.createChart(element, {
      width: element.clientWidth,
      height: element.clientHeight,
      layout: {
        background: { color: 'transparent' },
        textColor: colour('muted'),
        fontFamily: getComputedStyle(document.body).fontFamily,
        attributionLogo: true,
      },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line },
      timeScale: {
        borderColor: line,
        timeVisible: bars.some(({ time }) => time % DAY_SECONDS !== 0),
        minBarSpacing: 0.05,
      },
      crosshair: { mode: 0 },
      // A page that is scrolled past the chart shall not zoom it.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    })
    const series = chart.addSeries(LightweightCharts.CandlestickSeries, {
      upColor: colour('gain'),
      downColor: colour('loss'),
      wickUpColor: colour('gain'),
      wickDownColor: colour('loss'),
      borderVisible: false,
      lastValueVisible: false,
      priceLineVisible: false,
      priceFormat: { type: 'custom', formatter: text.price, minMove: 10 ** -decimals },
    })
    return { chart, series, markers: LightweightCharts.createSeriesMarkers(series, []) }
  }

  const entryMark = (isLong, time) => ({
    time,
    position: isLong ? 'belowBar' : 'aboveBar',
    shape: isLong ? 'arrowUp' : 'arrowDown',
    color: colour('accent'),
  })

  /** Entry and exit of a trade on the bars that hold them. */
  const tradeMarks = (i, { timeAt, isWritten }) => {
    const isLong = trades.long[i] === 1
    const result = trades.result[i]
    return [
      entryMark(isLong, timeAt(trades.entryTime[i])),
      {
        time: timeAt(trades.exitTime[i]),
        position: isLong ? 'aboveBar' : 'belowBar',
        shape: result < 0 ? 'square' : 'circle',
        size: 0.7,
        color: colour(result < 0 ? 'loss' : 'gain'),
        ...(isWritten ? { text: text.signedPercent(result) } : {}),
      },
    ]
  }

  const rowsText = (count) => (count === 1 ? 'one bar' : `up to ${count.toLocaleString('en-US')} bars`)

  sheet.candles = {
    barAt,
    draw,
    entryMark,
    tradeMarks,
    /** What the candles with these numbers of bars stand for, after what is said of the chosen trade. */
    caption: (rows, selected) => {
      const most = rows.reduce((a, b) => Math.max(a, b), 1)
      const candles = `Each candle stands for ${rowsText(most)}.`
      return selected === null ? candles : `${sheet.tradeText(selected)}. ${candles}`
    },
    /** Narrower marks would cover each other and the candles. */
    mostMarked: (chart) => Math.floor(chart.timeScale().width() / 7),
    WRITTEN_UP_TO: 30,
    MARGIN_BARS: 12,
  }
})()
