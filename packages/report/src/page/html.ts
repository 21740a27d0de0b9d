const markup = Symbol('markup')

/** Text that is HTML already; everything else is escaped when it enters a template. */
export interface Html {
  readonly [markup]: string
}

export type HtmlValue = string | number | Html | readonly Html[] | null

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char)

const isList = (value: HtmlValue): value is readonly Html[] => Array.isArray(value)

const textOf = (value: HtmlValue): string => {
  if (value === null) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  return isList(value) ? value.map((item) => item[markup]).join('') : value[markup]
}

const denseParts = new WeakMap<TemplateStringsArray, readonly string[]>()

/** The parts of a template without its indentation, which serves its reader only; made once a template. */
const dense = (strings: TemplateStringsArray): readonly string[] => {
  const known = denseParts.get(strings)
  if (known !== undefined) return known
  const parts = strings.map((text) => text.replaceAll(/\s*\n\s*/g, '\n'))
  denseParts.set(strings, parts)
  return parts
}

/** Template tag: what is inserted is escaped unless it came out of this tag. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html => ({
  [markup]: dense(strings).reduce((whole, part, i) => whole + textOf(values[i - 1] ?? null) + part),
})

/** Text that this package wrote or read from a library; never anything that a user could have typed. */
export const trustedHtml = (text: string): Html => ({ [markup]: text })

export const renderHtml = (value: Html): string => value[markup]

/** JSON for a script element of type application/json: no `<`, so that nothing inside can end the element. */
export const jsonForScript = (value: unknown): Html =>
  trustedHtml(
    JSON.stringify(value).replaceAll(
      /[<>&\u2028\u2029]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )
