// Equity with buy-and-hold and the band, drawdown, rolling Sharpe ratio and exposure, over one time axis.
;(() => {
  'use strict'
  const { uPlot, sheet } = globalThis
  const { data, text, colour, float32, float64 } = sheet
  if (data.curve === undefined) return
  /** NaN is a hole, which uPlot writes as null. */
  const column = (packed) => Array.from(float32(packed), (value) => (Number.isNaN(value) ? null : value))
  const time = float64(data.curve.time)
  if (time.length === 0) {
    document.getElementById('equity').hidden = true
    return
  }
  const curve = {
    equity: column(data.curve.equity),
    held: data.curve.held === null ? null : column(data.curve.held),
    drawdown: column(data.curve.drawdown),
    worst: data.curve.worst === null ? null : column(data.curve.worst),
    best: data.curve.best === null ? null : column(data.curve.best),
  }
  const period = [time[0], time[time.length - 1]]
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

  const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
  const precise = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 7 })
  /** The shortest form that tells the ticks apart. */
  const moneyTexts = (splits) => {
    const shown = splits.filter((value) => value !== null)
    const texts = shown.map((value) => compact.format(value))
    const format = new Set(texts).size === texts.length ? compact : precise
    return splits.map((value) => (value === null ? '' : format.format(value)))
  }
  const percentTexts = (splits) => splits.map((value) => `${Number((value * 100).toPrecision(6))}%`)
  const ratioTexts = (splits) => splits.map((value) => String(Number(value.toPrecision(6))))

  /** Of the parts of an allocation; the last is also for all others. */
  const PART_COLOURS = ['accent', 'gain', 'band', 'loss', 'alarm', 'muted']
  const AXIS_WIDTH = 64
  const axes = (valueTexts) => {
    const line = { stroke: colour('grid'), width: 1 }
    const look = { stroke: colour('muted'), grid: line, ticks: line, font: '11px system-ui, sans-serif' }
    return [
      { ...look, values: timeTexts, space: 60 },
      { ...look, size: AXIS_WIDTH, values: (_, splits) => valueTexts(splits) },
    ]
  }

  const timeSeries = { label: 'Time', value: '{YYYY}-{MM}-{DD} {HH}:{mm}' }
  const line = ({ label, name, value, ...more }) => ({
    label,
    stroke: colour(name),
    width: 1.5,
    value: (_, number) => value(number),
    points: { show: false },
    ...more,
  })

  /** A chart in the element of that id: series beside time, their columns, and what is special about it. */
  const draw = (id, height, { x = time, series, columns, valueTexts, y = {}, bands = [] }) => {
    const element = document.getElementById(id)
    element.replaceChildren()
    const last = x.length - 1
    const options = {
      width: element.clientWidth,
      height,
      tzDate: (second) => uPlot.tzDate(new Date(second * 1000), 'Etc/UTC'),
      cursor: { sync: { key: 'time', scales: ['x', null] }, points: { size: 6 } },
      // Away from the pointer the legend tells the end of the run.
      hooks: {
        setCursor: [(chart) => chart.cursor.idx ?? chart.setLegend({ idx: last })],
        ready: [(chart) => chart.setLegend({ idx: last })],
      },
      scales: { x: { range: (_, from, to) => (to > from ? [from, to] : period) }, y },
      axes: axes(valueTexts),
      series: [timeSeries, ...series],
      bands,
    }
    return new uPlot(options, [x, ...columns], element)
  }

  const drawEquity = () => {
    const series = [line({ label: 'Strategy', name: 'accent', value: text.money, width: 2 })]
    const columns = [curve.equity]
    if (curve.held !== null) {
      series.push(
        line({ label: 'Buy and hold', name: 'muted', value: text.money, dash: [5, 4], width: 1.25 }),
      )
      columns.push(curve.held)
    }
    const bands = []
    if (curve.worst !== null) {
      const edge = { name: 'band', value: text.money, width: 0.75, dash: [2, 3] }
      series.push(line({ label: 'Best path', ...edge }))
      series.push(line({ label: 'Worst path', ...edge }))
      columns.push(curve.best, curve.worst)
      bands.push({ series: [series.length - 1, series.length], fill: colour('band-fill') })
    }
    const y = isLogarithmic ? { distr: 3 } : {}
    return draw('equity-chart', 300, { series, columns, valueTexts: moneyTexts, y, bands })
  }

  const drawDrawdown = () => {
    const look = { name: 'loss', value: text.percent, fill: colour('loss-fill'), fillTo: 0, width: 1.25 }
    return draw('drawdown-chart', 170, {
      series: [line({ label: 'Drawdown', ...look })],
      columns: [curve.drawdown],
      valueTexts: percentTexts,
      y: { range: (_, low) => [low === 0 ? -0.01 : low * 1.05, 0] },
    })
  }

  const withZero = (_, low, high) => {
    const margin = (Math.max(high, 0) - Math.min(low, 0)) * 0.06 || 1
    return [Math.min(low, 0) - margin, Math.max(high, 0) + margin]
  }

  const drawSharpe = () => {
    const x = float64(data.sharpe.time)
    if (x.length < 2) return null
    const values = column(data.sharpe.value)
    return draw('sharpe-chart', 170, {
      // The whole period, so that all charts share one axis.
      x: [period[0], ...x, period[1]],
      series: [
        line({ label: 'Sharpe', name: 'accent', value: text.ratio }),
        line({ label: 'Zero', name: 'muted', value: text.ratio, width: 1, dash: [2, 3] }),
      ],
      columns: [[null, ...values, values[values.length - 1]], Array(x.length + 2).fill(0)],
      valueTexts: ratioTexts,
      y: { range: withZero },
    })
  }

  const drawExposure = () => {
    const x = float64(data.exposure.time)
    const stepped = uPlot.paths.stepped({ align: 1 })
    const series = []
    const columns = []
    const add = (label, name, values) => {
      if (values.every((value) => value === 0)) return
      const fill = colour(`${name}-fill`)
      series.push(line({ label, name, value: text.percent, fill, fillTo: 0, width: 1, paths: stepped }))
      columns.push([...values, values[values.length - 1]])
    }
    add('Long', 'accent', [...float32(data.exposure.long)])
    add(
      'Short',
      'alarm',
      [...float32(data.exposure.short)].map((value) => -value),
    )
    if (series.length === 0) {
      series.push(line({ label: 'Exposure', name: 'accent', value: text.percent }))
      columns.push(Array(x.length + 1).fill(0))
    }
    return draw('exposure-chart', 160, {
      x: [...x, period[1]],
      series,
      columns,
      valueTexts: percentTexts,
      y: { range: (_, low, high) => [Math.min(low, 0) * 1.05, Math.max(high, low < 0 ? 0 : 0.01) * 1.05] },
    })
  }

  /** Shares of a portfolio upon each other; the legend tells each by itself. */
  const drawAllocation = () => {
    const { time: starts, parts } = data.allocation
    const x = [...float64(starts), period[1]]
    const stepped = uPlot.paths.stepped({ align: 1 })
    const shares = parts.map(({ share }) => {
      const values = [...float32(share)]
      return [...values, values[values.length - 1]]
    })
    const tops = []
    for (const share of shares) tops.push(share.map((value, k) => value + (tops.at(-1)?.[k] ?? 0)))
    const series = parts.map(({ label }, part) => ({
      label,
      stroke: colour(PART_COLOURS[part]),
      // The highest is drawn first, and each covers what is below it.
      fill: colour(PART_COLOURS[part]),
      fillTo: 0,
      width: 1,
      paths: stepped,
      points: { show: false },
      value: (...[, , , k]) => text.percent(k === null ? null : shares[part][k]),
    }))
    return draw('exposure-chart', 200, {
      x,
      series: series.toReversed(),
      columns: tops.toReversed(),
      valueTexts: percentTexts,
      y: { range: (_, __, high) => [0, Math.max(high, 0.01) * 1.05] },
    })
  }

  sheet.onPaint(() => {
    for (const chart of drawn) chart.destroy()
    const drawHeld = data.allocation === undefined ? drawExposure : drawAllocation
    drawn = [drawEquity(), drawDrawdown()]
    // Of the runs of a sweep equity alone is kept.
    if (data.sharpe !== undefined) drawn.push(...[drawSharpe(), drawHeld()].filter((chart) => chart !== null))
  })

  const logSwitch = document.getElementById('log-scale')
  logSwitch.hidden = Math.min(...curve.equity, ...(curve.worst ?? [])) <= 0
  logSwitch.addEventListener('click', () => {
    isLogarithmic = !isLogarithmic
    logSwitch.setAttribute('aria-pressed', String(isLogarithmic))
    drawn[0].destroy()
    drawn[0] = drawEquity()
  })
})()
