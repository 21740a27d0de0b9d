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

/** Element i of `out` compares elements i (the bar before) and i + 1 of the inputs. */
export const crossAbove = (out: Uint8Array, a: Column, b: Column): void => {
  let wasAtMost = a[0]! <= b[0]! ? 1 : 0
  for (let i = 0; i < out.length; i++) {
    const left = a[i + 1]!
    const right = b[i + 1]!
    out[i] = left > right ? wasAtMost : 0
    wasAtMost = left <= right ? 1 : 0
  }
}

export const crossAboveNumber = (out: Uint8Array, a: Column, b: number): void => {
  let wasAtMost = a[0]! <= b ? 1 : 0
  for (let i = 0; i < out.length; i++) {
    const left = a[i + 1]!
    out[i] = left > b ? wasAtMost : 0
    wasAtMost = left <= b ? 1 : 0
  }
}

/** The number crosses above the column, that is the column crosses below the number. */
export const numberCrossAbove = (out: Uint8Array, a: number, b: Column): void => {
  let wasAtMost = a <= b[0]! ? 1 : 0
  for (let i = 0; i < out.length; i++) {
    const right = b[i + 1]!
    out[i] = a > right ? wasAtMost : 0
    wasAtMost = a <= right ? 1 : 0
  }
}
