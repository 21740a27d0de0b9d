import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** Types as people call them; the rest keeps the name the schema gives it. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  date: 'a date',
  int: 'a whole number',
  nonoptional: 'a value',
  null: 'null',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
  tuple: 'a list',
}

/** What sizes are counted in. */
const UNITS: Readonly<Record<string, string>> = { array: 'item', string: 'character' }

/** Forms of text that have a name; a pattern without one is shown as it is. */
const FORMS: Readonly<Record<string, string>> = {
  base64: 'base64',
  datetime: 'a time such as 2024-01-31T13:00:00Z',
  email: 'an email address',
  url: 'a URL',
  uuid: 'a UUID',
}

const oneOf = (choices: readonly unknown[]): string => {
  const texts = choices.map((choice) =>
    typeof choice === 'string' ? JSON.stringify(choice) : String(choice),
  )
  return texts.length > 1 ? `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}` : (texts[0] ?? 'nothing')
}

const sizeOf = (bound: number | bigint, origin: string): string => {
  const unit = UNITS[origin]
  return unit === undefined ? String(bound) : `${bound} ${unit}${Number(bound) === 1 ? '' : 's'}`
}

const boundOf = (issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string => {
  const isLeast = issue.code === 'too_small'
  const size = sizeOf(isLeast ? issue.minimum : issue.maximum, issue.origin)
  if (issue.exact === true) return `exactly ${size}`
  if (issue.inclusive === false) return `${isLeast ? 'more' : 'less'} than ${size}`
  return `${isLeast ? 'at least' : 'at most'} ${size}`
}

const typeOf = (issue: z.core.$ZodIssueInvalidType): string =>
  // Infinity comes from a JSON number no double can hold.
  'received' in issue && issue.received === 'Infinity'
    ? 'a finite number'
    : (TYPES[issue.expected] ?? issue.expected)

const formOf = ({ format, pattern }: z.core.$ZodIssueInvalidStringFormat): string =>
  FORMS[format] ?? (pattern === undefined ? `text of the form ${format}` : `text like ${pattern}`)

const choicesOf = (issue: z.core.$ZodIssueInvalidUnion): string => {
  if ('options' in issue && Array.isArray(issue.options)) return oneOf(issue.options)
  const expected = new Set(issue.errors.flat().map(expectationOf))
  return expected.size === 0 ? 'another value' : [...expected].join(' or ')
}

const plainOf = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return typeOf(issue)
    case 'too_small':
    case 'too_big':
      return boundOf(issue)
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_format':
      return formOf(issue)
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_union':
      return choicesOf(issue)
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map(expectationOf).join(' and ')
    case 'unrecognized_keys':
      return 'no key of this name'
    case 'custom':
      return issue.message
  }
}

/** A schema without words of its own gets the library's, which speak of its types. */
const LIBRARY_WORDS = /^(?:Invalid|Too small|Too big|Unrecognized)\b/

/**
 * What a schema expected where it found a fault, in words for people who do not read schemas. A message that the
 * schema brings itself is read as the expectation.
 */
export const expectationOf = (issue: Issue): string =>
  LIBRARY_WORDS.test(issue.message) ? plainOf(issue) : issue.message
