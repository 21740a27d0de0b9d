import { createHash } from 'node:crypto'

/**
 * The first 128 bits of sha256(botId, runNo, seq) in the shape of a UUID: whoever sends an order again, under whatever
 * lease, sends it under the same id.
 */
export const clientOrderIdOf = (botId: string, runNo: number, seq: number): string => {
  const hex = createHash('sha256').update(`${botId} ${runNo} ${seq}`).digest('hex').slice(0, 32)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
