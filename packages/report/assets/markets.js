// Draws a row for every market from what /v1/markets/stream tells once a second.
;(() => {
  'use strict'
  /** Points of a price's course, one a second. */
  const POINTS = 120
  const LONGEST_WAIT_MS = 10_000
  const SVG = 'http://www.w3.org/2000/svg'
  const byId = (id) => document.getElementById(id)
  const box = document.querySelector('#markets .scroll')
  const body = box.querySelector('tbody')
  const rows = new Map()

  const ageText = (ms) => {
    if (ms === null) return '–'
    if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
    if (ms < 120_000) return `${Math.round(ms / 1000)} s`
    return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
  }
  const lagText = (ms) => (ms === null ? '–' : Math.abs(ms) < 10_000 ? `${Math.round(ms)} ms` : ageText(ms))
  /** Without the zeros that a venue fills its decimals with. */
  const priceText = (decimal) => decimal.replace(/(\.\d\d\d*?)0+$/, '$1')
  const grouped = new Intl.NumberFormat('en-US')
  const countText = (value) => (value === null ? '–' : grouped.format(value))

  const element = (name, className, text = '') => {
    const made = document.createElement(name)
    if (className !== '') made.className = className
    made.textContent = text
    return made
  }

  const course = () => {
    const picture = document.createElementNS(SVG, 'svg')
    picture.setAttribute('viewBox', '0 0 96 22')
    picture.setAttribute('class', 'course')
    picture.setAttribute('aria-hidden', 'true')
    picture.append(document.createElementNS(SVG, 'polyline'))
    return picture
  }
  const drawCourse = (picture, prices) => {
    const [low, high] = [Math.min(...prices), Math.max(...prices)]
    const y = (price) => (high === low ? 11 : 20 - ((price - low) / (high - low)) * 18)
    const x = (at) => 95 - (prices.length - 1 - at) * (94 / (POINTS - 1))
    const points = prices.map((price, at) => `${x(at).toFixed(1)},${y(price).toFixed(1)}`)
    picture.firstChild.setAttribute('points', points.join(' '))
  }

  const makeRow = ({ venue, symbol }) => {
    const row = element('tr', '')
    const head = element('th', '')
    head.scope = 'row'
    head.append(element('span', 'symbol', symbol), element('small', '', venue))
    const state = element('span', 'state')
    const price = element('span', 'price')
    const picture = course()
    const cells = Array.from({ length: 11 }, () => element('td', ''))
    cells[0].append(state)
    cells[1].append(picture, price)
    row.append(head, ...cells)
    return {
      row,
      place: head.querySelector('small'),
      state,
      price,
      picture,
      figures: cells.slice(2),
      prices: [],
    }
  }

  const setText = (node, text) => {
    if (node.textContent !== text) node.textContent = text
  }
  const update = (shown, item) => {
    const { state, price, picture, figures, prices, place } = shown
    setText(
      place,
      item.source === null || item.source.kind === 'venue'
        ? item.venue
        : `${item.venue}, ${item.source.kind === 'simulator' ? 'simulated' : item.source.host}`,
    )
    if (state.textContent !== item.state) {
      state.textContent = item.state
      state.className = `state ${item.state}`
    }
    setText(price, item.lastPrice === null ? '–' : priceText(item.lastPrice))
    if (item.lastPrice !== null) {
      prices.push(Number(item.lastPrice))
      if (prices.length > POINTS) prices.shift()
      drawCourse(picture, prices)
    }
    const texts = [
      ageText(item.ageMs),
      ageText(item.heardAgeMs),
      lagText(item.lagMs),
      item.messagesPerSecond === null ? '–' : item.messagesPerSecond.toFixed(1),
      ...[item.gaps, item.missingTrades, item.resyncs, item.duplicates, item.checksumFailures].map(countText),
    ]
    texts.forEach((text, at) => setText(figures[at], text))
  }

  const show = (items) => {
    const present = new Set()
    items.forEach((item, at) => {
      const id = `${item.venue}:${item.symbol}`
      present.add(id)
      if (!rows.has(id)) rows.set(id, makeRow(item))
      const shown = rows.get(id)
      update(shown, item)
      if (body.rows[at] !== shown.row) body.insertBefore(shown.row, body.rows[at] ?? null)
    })
    for (const [id, { row }] of rows) {
      if (present.has(id)) continue
      row.remove()
      rows.delete(id)
    }
    box.hidden = items.length === 0
    byId('none').hidden = items.length > 0
    showSources(items)
    showConnection(true, items)
  }

  const showSources = (items) => {
    const hosts = new Set(
      items.filter(({ source }) => source?.kind === 'simulator').map(({ source }) => source.host),
    )
    byId('simulated').hidden = hosts.size === 0
    setText(
      byId('simulated').lastElementChild,
      `These prices are not of an exchange: they come from ${[...hosts].join(', ')}.`,
    )
  }

  const showConnection = (isUp, items = []) => {
    const line = byId('connection')
    line.classList.toggle('lost', !isUp)
    document.querySelector('#markets').classList.toggle('old', !isUp)
    if (!isUp) return setText(line, 'The connection is lost; what is shown is old. Trying again…')
    const count = (state) => items.filter((item) => item.state === state).length
    const parts = ['live', 'quiet', 'gap', 'stale', 'released'].map((state) => [state, count(state)])
    const words = parts.filter(([, number]) => number > 0).map(([state, number]) => `${number} ${state}`)
    setText(line, words.length === 0 ? 'connected' : words.join(' · '))
  }

  let waitMs = 500
  const connect = () => {
    const url = new URL('/v1/markets/stream', location.href)
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url)
    socket.addEventListener('open', () => socket.send('{"states":true}'))
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data)
      if (message.type !== 'states') return
      waitMs = 500
      show(message.items)
    })
    socket.addEventListener('close', () => {
      showConnection(false)
      setTimeout(connect, waitMs)
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
    })
  }
  connect()
})()
