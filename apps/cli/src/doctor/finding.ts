/** One thing the doctor looked at. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly detail: string
  /** What to do about it; always there when something is to be done. */
  readonly hint?: string
}

export const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail })

export const warn = (name: string, detail: string, hint: string): Finding => ({
  name,
  status: 'warn',
  detail,
  hint,
})

export const fail = (name: string, detail: string, hint: string): Finding => ({
  name,
  status: 'fail',
  detail,
  hint,
})

/** For details: errors of drivers may have an empty message and a code instead. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message.replaceAll(/\s+/g, ' ')
  return 'code' in error ? String(error.code) : error.name
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `1.4 GiB`. */
export const sizeText = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`
}
