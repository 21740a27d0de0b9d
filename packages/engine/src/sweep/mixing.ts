/**
 * Scrambles 32 bits, one to one: the finaliser of MurmurHash3 (Austin Appleby, public domain). Every result below
 * that is stored for ever depends on it, so its constants never change.
 */
export const mix32 = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** 32 bits that depend on the order and the value of every part; parts are integers of up to 53 bits. */
export const mixOf = (...parts: readonly number[]): number => {
  let h = 0x9e3779b9
  for (const part of parts) {
    h = mix32(h ^ (part | 0)) + 0x9e3779b9
    h = mix32(h ^ Math.floor(part / 2 ** 32)) + 0x9e3779b9
  }
  return mix32(h)
}
