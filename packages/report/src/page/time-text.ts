/** `2024-05-01`, UTC. */
export const dayText = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)

/** `2024-05-01 14:30`, UTC; without the time of day at midnight. */
export const minuteText = (timeMs: number): string => {
  const text = new Date(timeMs).toISOString()
  const clock = text.slice(11, 16)
  return clock === '00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${clock}`
}
