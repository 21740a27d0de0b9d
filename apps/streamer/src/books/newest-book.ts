import type { BookEvent } from '@botcriptofy/contracts/stream'

/** Puts a book in the place of the one before it, which nobody needs any more; true where it did. */
export const addBookEvent = (events: BookEvent[], event: BookEvent): boolean => {
  const replaces = event.type === 'book_snapshot' && events.at(-1)?.type === 'book_snapshot'
  if (replaces) events[events.length - 1] = event
  else events.push(event)
  return replaces
}
