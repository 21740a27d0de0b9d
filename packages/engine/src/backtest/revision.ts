/** Printed in every result as `engine`. */
export const ENGINE_VERSION = '0.1.0'

/** Raised with every change that moves a trade list or a metric; part of every result's address. */
export const ENGINE_REVISION = 2
