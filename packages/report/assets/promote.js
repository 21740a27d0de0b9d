// Copies the commands that make a bot, and puts the run of a clicked row of a sweep into them.
;(() => {
  'use strict'
  const section = document.getElementById('promote')
  if (section === null) return
  const body = document.querySelector('#runs tbody')
  body?.addEventListener('click', ({ target }) => {
    const row = target instanceof Element ? target.closest('tr[data-ordinal]') : null
    if (row === null || target.closest('a') !== null) return
    for (const chosen of body.querySelectorAll('.chosen')) chosen.classList.remove('chosen')
    row.classList.add('chosen')
    for (const text of section.querySelectorAll('[data-ordinal-text]')) text.textContent = row.dataset.ordinal
  })
  for (const button of section.querySelectorAll('[data-copy]')) {
    button.addEventListener('click', () => {
      const text = document.getElementById(button.dataset.copy)
      // A page without a secure origin has no clipboard; the text is marked for the reader's own copy.
      getSelection().selectAllChildren(text)
      navigator.clipboard?.writeText(text.textContent).catch(() => undefined)
    })
  }
})()
