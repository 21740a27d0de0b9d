/**
 * What the work gives, or a rejection as soon as the signal aborts: a query that waits for a lock cannot be told, but
 * whoever holds its connection can end it.
 */
export const orAborted = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
