import type { Db } from '../database/index.ts'

/**
 * Claims a business key in the caller's transaction. False when it is taken: the effect has happened, and the caller
 * must not repeat it. A concurrent claim of the same key waits for the first transaction to end.
 */
export const claimEffect = async (tx: Db, type: string, key: string): Promise<boolean> => {
  const row = await tx
    .insertInto('job_effect')
    .values({ type, key })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst()
  return row !== undefined
}
