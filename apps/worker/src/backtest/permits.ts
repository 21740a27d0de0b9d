/** Takes one of a fixed number of places, waiting for it in the order of arrival; the function it gives frees it. */
export type Permits = (signal: AbortSignal) => Promise<() => void>

/** `count` places; an abort ends the waiting, and nothing else. */
export const createPermits = (count: number): Permits => {
  let free = count
  const waiting = new Set<() => void>()
  const release = () => {
    const [next] = waiting
    if (next === undefined) free++
    else next()
  }
  return (signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      if (free > 0) {
        free--
        return resolve(release)
      }
      const onAbort = () => {
        waiting.delete(take)
        reject(signal.reason)
      }
      const take = () => {
        waiting.delete(take)
        signal.removeEventListener('abort', onAbort)
        resolve(release)
      }
      waiting.add(take)
      signal.addEventListener('abort', onAbort, { once: true })
    })
}
