declare const brand: unique symbol

/** A type that carries a name, so that a value of one meaning is not passed for another. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
