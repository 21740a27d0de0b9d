/** Kernels write 1 or 0 for every element of `out`; inputs are at least as long. NaN gives 0 everywhere. */
type Column = Float64Array

/** `==` and `!=` hold within this, relative to the larger operand and absolute below 1 (specs: 1e-12). */
export const EQUALITY_EPSILON = 1e-12

export const greater = (out: Uint8Array, a: Column, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = a[i]! > b[i]! ? 1 : 0
}

export const greaterThanNumber = (out: Uint8Array, a: Column, b: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = a[i]! > b ? 1 : 0
}

export const numberGreater = (out: Uint8Array, a: number, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = a > b[i]! ? 1 : 0
}

export const atLeast = (out: Uint8Array, a: Column, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = a[i]! >= b[i]! ? 1 : 0
}

export const atLeastNumber = (out: Uint8Array, a: Column, b: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = a[i]! >= b ? 1 : 0
}

export const numberAtLeast = (out: Uint8Array, a: number, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = a >= b[i]! ? 1 : 0
}

/** False when either is NaN, as is `differs`. */
export const equals = (a: number, b: number): boolean =>
  Math.abs(a - b) <= EQUALITY_EPSILON * Math.max(1, Math.abs(a), Math.abs(b))

export const differs = (a: number, b: number): boolean =>
  Math.abs(a - b) > EQUALITY_EPSILON * Math.max(1, Math.abs(a), Math.abs(b))

export const equal = (out: Uint8Array, a: Column, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = equals(a[i]!, b[i]!) ? 1 : 0
}

export const equalNumber = (out: Uint8Array, a: Column, b: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = equals(a[i]!, b) ? 1 : 0
}

export const different = (out: Uint8Array, a: Column, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = differs(a[i]!, b[i]!) ? 1 : 0
}

export const differentNumber = (out: Uint8Array, a: Column, b: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = differs(a[i]!, b) ? 1 : 0
}

/**
 * Element i of `out` compares elements i (the bar before) and i + 1 of the inputs. Crosses are rare, so the loops
 * write only where the order of the two changes.
 */
export const crossAbove = (out: Uint8Array, a: Column, b: Column): void => {
  out.fill(0)
  let isAbove = a[0]! > b[0]!
  for (let i = 0; i < out.length; i++) {
    const nowAbove = a[i + 1]! > b[i + 1]!
    if (nowAbove === isAbove) continue
    if (nowAbove && a[i]! <= b[i]!) out[i] = 1
    isAbove = nowAbove
  }
}

export const crossAboveNumber = (out: Uint8Array, a: Column, b: number): void => {
  out.fill(0)
  let isAbove = a[0]! > b
  for (let i = 0; i < out.length; i++) {
    const nowAbove = a[i + 1]! > b
    if (nowAbove === isAbove) continue
    if (nowAbove && a[i]! <= b) out[i] = 1
    isAbove = nowAbove
  }
}

/** The number crosses above the column, that is the column crosses below the number. */
export const numberCrossAbove = (out: Uint8Array, a: number, b: Column): void => {
  out.fill(0)
  let isAbove = a > b[0]!
  for (let i = 0; i < out.length; i++) {
    const nowAbove = a > b[i + 1]!
    if (nowAbove === isAbove) continue
    if (nowAbove && a <= b[i]!) out[i] = 1
    isAbove = nowAbove
  }
}
