/** Runs a randomised test body; a failure says which seed brings it back. */
export const withSeed = async <T>(seed: number, run: (seed: number) => T | Promise<T>): Promise<T> => {
  try {
    return await run(seed)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`seed ${seed}: ${message}`, { cause: error })
  }
}
