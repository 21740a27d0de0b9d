// Sorts the rows of a `table.sortable` by the column whose head was clicked: by number where cells carry
// data-value, else by text. A second click reverses the order.
;(() => {
  'use strict'
  const keyOf = (cell) => (cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value))
  const compare = (a, b) => (typeof a === 'number' ? a - b : a.localeCompare(b))

  const sortBy = (table, column) => {
    const heads = [...table.tHead.rows[0].cells]
    const isDescending = heads[column].getAttribute('aria-sort') === 'ascending'
    for (const head of heads) head.removeAttribute('aria-sort')
    heads[column].setAttribute('aria-sort', isDescending ? 'descending' : 'ascending')
    const body = table.tBodies[0]
    const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }))
    rows.sort((a, b) => (isDescending ? compare(b.key, a.key) : compare(a.key, b.key)))
    body.append(...rows.map(({ row }) => row))
  }

  for (const table of document.querySelectorAll('table.sortable')) {
    for (const head of table.tHead.rows[0].cells) {
      head.querySelector('button')?.addEventListener('click', () => sortBy(table, head.cellIndex))
    }
  }
})()
