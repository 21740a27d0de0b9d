// Makes the table of trades sortable by exact numbers and its rows a way into the price chart. Runs before the sorter.
;(() => {
  'use strict'
  const { sheet } = globalThis
  const { trades, data } = sheet
  sheet.start()
  const body = document.querySelector('#trades tbody')
  if (body === null) return
  const columns = [
    (i) => i,
    null,
    (i) => trades.entryTime[i],
    (i) => trades.entryPrice[i],
    (i) => trades.exitTime[i],
    (i) => trades.exitPrice[i],
    (i) => trades.exitTime[i] - trades.entryTime[i],
    (i) => trades.quantity[i],
    (i) => trades.fees[i],
    (i) => trades.pnl[i],
    (i) => trades.result[i],
    (i) => trades.mae[i],
    (i) => trades.mfe[i],
    null,
  ]
  // The table of a portfolio names the symbol, by which it is sorted as text.
  if (data.symbols !== undefined) columns.splice(1, 0, null)
  for (const row of body.rows) {
    const i = Number(row.dataset.trade)
    for (const [k, valueOf] of columns.entries()) {
      if (valueOf !== null) row.cells[k].dataset.value = String(valueOf(i))
    }
  }
  const open = (event) => {
    const row = event.target.closest('tr')
    if (row !== null) sheet.showTrade(Number(row.dataset.trade))
  }
  body.addEventListener('click', open)
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') open(event)
  })
})()
