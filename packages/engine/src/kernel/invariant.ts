/** Stays on in production: a broken invariant must stop the work, not corrupt it. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`)
}
