/** Kernels write 1 or 0 for every element of `out`; inputs are at least as long. NaN gives 0 everywhere. */
type Column = Float64Array

/** `==` and `!=` hold within this, relative to the larger operand and absolute below 1 (specs: 1e-12). */
export const EQUALITY_EPSILON = 1e-12

export const greater = (out: Uint8Array, a: Column, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = Number(a[i]! > b[i]!)
}

export const greaterThanNumber = (out: Uint8Array, a: Column, b: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = Number(a[i]! > b)
}

export const numberGreater = (out: Uint8Array, a: number, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = Number(a > b[i]!)
}

export const atLeast = (out: Uint8Array, a: Column, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = Number(a[i]! >= b[i]!)
}

export const atLeastNumber = (out: Uint8Array, a: Column, b: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = Number(a[i]! >= b)
}

export const numberAtLeast = (out: Uint8Array, a: number, b: Column): void => {
  for (let i = 0; i < out.length; i++) out[i] = Number(a >= b[i]!)
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
 * write only these.
 */
export const crossAbove = (out: Uint8Array, a: Column, b: Column): void => {
  out.fill(0)
  for (let i = 0; i < out.length; i++) {
    if (a[i + 1]! > b[i + 1]! && a[i]! <= b[i]!) out[i] = 1
  }
}

export const crossAboveNumber = (out: Uint8Array, a: Column, b: number): void => {
  out.fill(0)
  for (let i = 0; i < out.length; i++) {
    if (a[i + 1]! > b && a[i]! <= b) out[i] = 1
  }
}

/** The number crosses above the column, that is the column crosses below the number. */
export const numberCrossAbove = (out: Uint8Array, a: number, b: Column): void => {
  out.fill(0)
  for (let i = 0; i < out.length; i++) {
    if (a > b[i + 1]! && a <= b[i]!) out[i] = 1
  }
}
