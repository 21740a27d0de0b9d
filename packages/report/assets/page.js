// What the scripts of a report share: the data of the page, colours, number texts, and when to paint.
// Runs before those that draw.
globalThis.sheet = (() => {
  'use strict'
  const root = document.documentElement
  const data = JSON.parse(document.getElementById('report-data').textContent)

  const { bytesOf, float32, float64, barsOf } = globalThis.decode

  const grouped = (digits) =>
    new Intl.NumberFormat('en-US', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: 'negative',
    })
  const two = grouped(2)
  const three = grouped(3)
  const fourSignificant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })
  const sixSignificant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 })
  const isMissing = (value) => value === null || value === undefined || Number.isNaN(value)
  const orDash = (text) => (value) => (isMissing(value) ? '–' : text(value))
  const exponential = (value) => value.toExponential(2).replace('e+', 'e')

  /** The texts of the tables beside the charts, in the same forms. */
  const text = {
    percent: orDash((value) => `${two.format(value * 100)}%`),
    signedPercent: orDash((value) => `${value > 0 ? '+' : ''}${two.format(value * 100)}%`),
    ratio: orDash((value) => three.format(value)),
    money: orDash((value) => {
      const size = Math.abs(value)
      if (size >= 1e12 || (size > 0 && size < 1e-9)) return exponential(value)
      return size >= 1 || size === 0 ? two.format(value) : fourSignificant.format(value)
    }),
    price: orDash((value) => (Math.abs(value) >= 1000 ? two : sixSignificant).format(value)),
    minute: (second) => {
      const iso = new Date(second * 1000).toISOString()
      return iso.slice(11, 16) === '00:00' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`
    },
  }

  const whole = grouped(0)
  const duration = (value) =>
    value >= 86_400_000 ? `${two.format(value / 86_400_000)}d` : `${two.format(value / 3_600_000)}h`
  /** By the kind of a metric, as its table shows it. */
  text.kinds = {
    ...text,
    count: orDash((value) => whole.format(value)),
    duration: orDash(duration),
    parameter: orDash((value) => String(Number(value.toPrecision(12)))),
  }

  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim()

  const painters = []
  const paint = () => {
    for (const painter of painters) painter()
  }

  const trades = {}
  for (const [name, value] of Object.entries(data.trades ?? {})) {
    if (typeof value !== 'string') trades[name] = value
    else if (name === 'long' || name === 'reason') trades[name] = bytesOf(value)
    else if (/Time$|Price$/.test(name)) trades[name] = float64(value)
    else trades[name] = float32(value)
  }

  const systemIsDark = matchMedia('(prefers-color-scheme: dark)')
  let chosen = null
  const isDark = () => (chosen === null ? systemIsDark.matches : chosen === 'dark')
  const toggle = document.getElementById('theme')
  const apply = (theme) => {
    if (theme === null) delete root.dataset.theme
    else root.dataset.theme = theme
    toggle.textContent = isDark() ? 'Light' : 'Dark'
    paint()
  }
  toggle.addEventListener('click', () => {
    chosen = isDark() ? 'light' : 'dark'
    apply(chosen)
  })
  systemIsDark.addEventListener('change', () => apply(chosen))
  document.getElementById('print').addEventListener('click', () => print())

  // Paper is white whatever the screen prefers, and a canvas follows neither a print style nor the sheet's width.
  addEventListener('beforeprint', () => {
    root.dataset.paper = ''
    apply('light')
  })
  addEventListener('afterprint', () => {
    delete root.dataset.paper
    apply(chosen)
  })

  let width = 0
  new ResizeObserver(([entry]) => {
    const next = Math.floor(entry.contentRect.width)
    if (next === width || next === 0) return
    const isFirst = width === 0
    width = next
    if (!isFirst) paint()
  }).observe(document.querySelector('main'))

  return {
    data,
    trades,
    float32,
    float64,
    barsOf,
    text,
    colour,
    isOnPaper: () => 'paper' in root.dataset,
    isDark: () => isDark() && !('paper' in root.dataset),
    /** Paints now, and again for another scheme, another width and paper. */
    onPaint: (painter) => {
      painters.push(painter)
      painter()
    },
    start: () => {
      toggle.textContent = isDark() ? 'Light' : 'Dark'
    },
    /** One line about a trade. */
    tradeText: (i) =>
      [
        `#${i + 1} ${data.symbols === undefined ? '' : `${data.symbols[i]} `}${trades.long[i] === 1 ? 'long' : 'short'} ${text.signedPercent(trades.result[i])}`,
        `${text.money(trades.pnl[i])} ${data.quote}`.trim(),
        `${text.minute(trades.entryTime[i])} at ${text.price(trades.entryPrice[i])}`,
        `${text.minute(trades.exitTime[i])} at ${text.price(trades.exitPrice[i])}, ${trades.reasons[trades.reason[i]]}`,
        `adverse ${text.percent(trades.mae[i])}, favourable ${text.percent(trades.mfe[i])}`,
      ].join(' · '),
    /** Set by the price chart: zooms to a trade. */
    showTrade: () => {},
  }
})()
