// The objective over two parameters as a table of colours. Cells are focusable, so that every value can be read without
// a pointer.
;(() => {
  'use strict'
  const { sheet, runs, decode } = globalThis
  const place = document.getElementById('map-table')
  if (place === null) return
  const { maps, axes } = sheet.data.maps
  const { kind } = sheet.data.objective
  const textOf = sheet.text.kinds[kind]
  const tip = document.getElementById('map-tip')
  const legend = document.getElementById('map-legend')
  const select = (name) => document.getElementById(`map-${name}`)
  const [across, down, of] = [select('across'), select('down'), select('of')]
  /** Wider maps show colours alone; the tip has the values. */
  const TEXT_COLUMNS = 14

  /** The map of the two axes that are chosen, turned where it is stored the other way round. */
  const chosenMap = () => {
    const [first] = maps
    const [x, y] = across === null ? [0, null] : [Number(across.value), Number(down.value)]
    const map = maps.find(
      (own) => (own.across === x && own.down === y) || (own.across === y && own.down === x),
    )
    const isTurned = map !== undefined && map.across !== x
    const stored = map ?? first
    const [best, median] = [decode.float32(stored.best), decode.float32(stored.median)]
    const [count, failed, unranked] = [stored.runs, stored.failed, stored.unranked].map(decode.naturals)
    const columns = axes[stored.across].labels.length
    const values = of?.value === 'median' ? median : best
    const cell = (column, row) => {
      const at = isTurned ? column * columns + row : row * columns + column
      return {
        value: values[at],
        best: best[at],
        median: median[at],
        runs: count[at],
        failed: failed[at],
        unranked: unranked[at],
      }
    }
    return {
      x: axes[isTurned ? stored.down : stored.across],
      y: stored.down === null ? null : axes[isTurned ? stored.across : stored.down],
      cell,
      values: [...values],
    }
  }

  const cellText = ({ x, y, cell }, column, row) => {
    const { best, median, runs: count, failed, unranked } = cell(column, row)
    return [
      `${x.name} ${x.labels[column]}${y === null ? '' : `, ${y.name} ${y.labels[row]}`}:`,
      count + failed + unranked === 0 ? 'not run' : '',
      count === 0 && failed + unranked > 0 ? 'no value' : '',
      count === 1 ? textOf(best) : '',
      count > 1 ? `best ${textOf(best)}, median ${textOf(median)} of ${count} runs` : '',
      failed > 0 ? `(${failed} failed)` : '',
      unranked > 0 ? `(${unranked} out of the ranking)` : '',
    ]
      .filter((part) => part !== '')
      .join(' ')
  }

  const element = (name, properties = {}) => Object.assign(document.createElement(name), properties)

  const cellElement = ({ map, scale, hasText }, column, row) => {
    const cell = map.cell(column, row)
    const td = element('td', { tabIndex: -1, ariaLabel: cellText(map, column, row) })
    td.dataset.column = column
    td.dataset.row = row
    if (Number.isNaN(cell.value)) td.className = cell.failed + cell.unranked > 0 ? 'failed' : 'missing'
    else {
      td.style.backgroundColor = scale.colourOf(cell.value)
      td.style.color = scale.inkOf(cell.value)
      if (hasText) td.textContent = textOf(cell.value)
      if (cell.failed > 0) td.classList.add('some-failed')
    }
    return td
  }

  const draw = () => {
    const map = chosenMap()
    const scale = runs.scaleFor(map.values)
    const hasText = map.x.labels.length <= TEXT_COLUMNS
    const table = element('table', { className: hasText ? 'map' : 'map narrow' })
    const head = element('tr')
    head.append(element('th', { textContent: map.y === null ? '' : `${map.y.name} ↓` }))
    for (const label of map.x.labels) head.append(element('th', { scope: 'col', textContent: label }))
    const lines = (map.y?.labels ?? ['']).map((label, row) => {
      const tr = element('tr')
      tr.append(element('th', { scope: 'row', textContent: label }))
      tr.append(...map.x.labels.map((_, column) => cellElement({ map, scale, hasText }, column, row)))
      return tr
    })
    const thead = element('thead')
    thead.append(head)
    const body = element('tbody')
    // Upwards, as on a chart.
    body.append(...lines.toReversed())
    table.append(element('caption', { textContent: `${map.x.name} →` }), thead, body)
    place.replaceChildren(table)
    const first = table.querySelector('td')
    if (first !== null) first.tabIndex = 0
    drawLegend(scale, map)
    tip.hidden = true
  }

  const drawLegend = (scale, map) => {
    const bar = element('span', { className: 'ramp' })
    const stops = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => `rgb(${runs.ramp(share).join(' ')})`)
    bar.style.background = `linear-gradient(to right, ${stops.join(', ')})`
    const entries = [
      element('span', { textContent: `${textOf(scale.low)}${scale.isCut ? ' or less' : ''}` }),
      bar,
      element('span', { textContent: textOf(scale.high) }),
    ]
    const cells = map.values.map((_, at) =>
      map.cell(at % map.x.labels.length, Math.floor(at / map.x.labels.length)),
    )
    const isEmpty = ({ runs: count, failed, unranked }) => count + failed + unranked === 0
    if (cells.some(isEmpty))
      entries.push(
        element('span', { className: 'swatch missing' }),
        element('span', { textContent: 'not run' }),
      )
    if (cells.some(({ failed, unranked }) => failed + unranked > 0))
      entries.push(
        element('span', { className: 'swatch failed' }),
        element('span', { textContent: 'failed or out of the ranking' }),
      )
    legend.replaceChildren(...entries)
  }

  const show = (td) => {
    tip.textContent = td.ariaLabel
    tip.hidden = false
    const [box, own] = [tip.parentElement.getBoundingClientRect(), td.getBoundingClientRect()]
    const left = own.left - box.left + own.width / 2 - tip.offsetWidth / 2
    tip.style.left = `${Math.max(0, Math.min(left, box.width - tip.offsetWidth))}px`
    tip.style.top = `${own.top - box.top - tip.offsetHeight - 6}px`
  }
  const cellOf = (target) => (target instanceof Element ? target.closest('td') : null)
  place.addEventListener('pointerover', (event) => {
    const td = cellOf(event.target)
    if (td === null) tip.hidden = true
    else show(td)
  })
  place.addEventListener('pointerleave', () => (tip.hidden = true))
  place.addEventListener('focusin', (event) => show(cellOf(event.target)))
  place.addEventListener('focusout', () => (tip.hidden = true))
  place.addEventListener('scroll', () => (tip.hidden = true))

  // Rows stand upwards, so that a key upwards is a step to the next one.
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
  const cellAt = (column, row) => place.querySelector(`td[data-column="${column}"][data-row="${row}"]`)
  place.addEventListener('keydown', (event) => {
    const td = cellOf(event.target)
    if (td === null) return
    if (event.key === 'Enter') return choose(td)
    const step = STEPS[event.key]
    const next = step && cellAt(Number(td.dataset.column) + step[0], Number(td.dataset.row) + step[1])
    if (!next) return
    event.preventDefault()
    td.tabIndex = -1
    next.tabIndex = 0
    next.focus()
  })

  const choose = (td) => {
    const { x, y } = chosenMap()
    runs.choose(x.path, x.bounds[td.dataset.column])
    if (y !== null) runs.choose(y.path, y.bounds[td.dataset.row])
  }
  place.addEventListener('click', (event) => {
    const td = cellOf(event.target)
    if (td !== null) choose(td)
  })

  if (across !== null) {
    down.value = '1'
    const keepApart = (changed, other) => () => {
      if (changed.value === other.value) other.value = changed.value === '0' ? '1' : '0'
      draw()
    }
    across.addEventListener('change', keepApart(across, down))
    down.addEventListener('change', keepApart(down, across))
    of?.addEventListener('change', draw)
  }
  sheet.onPaint(draw)
})()
