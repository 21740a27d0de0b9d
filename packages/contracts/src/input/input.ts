import type { Problem } from '@botcriptofy/engine/kernel'
import type { z } from 'zod'
import { expectationOf } from './expectation.ts'

const SHOWN_CHARACTERS = 60

/** JSON.stringify recurses once a level, and a hostile input has more levels than the stack. */
const textOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? typeof value
  } catch (error) {
    if (error instanceof RangeError) return 'nested too deep to show'
    throw error
  }
}

/** A value as an error message shows it: short, on one line. */
export const previewOf = (value: unknown): string => {
  if (value === undefined) return 'missing'
  if (typeof value === 'number') return String(value)
  const text = textOf(value)
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}

/** A JSON path as users read it: `entry.long.all[0].left`, `$` for the whole. */
export const jsonPathOf = (path: readonly PropertyKey[]): string => {
  if (path.length === 0) return '$'
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    input,
  )

/** Of the options of a union the one that got furthest is what the writer meant. */
const closestOption = (options: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] => {
  const depthOf = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map(({ path }) => path.length))
  return options.reduce<readonly z.core.$ZodIssue[]>(
    (best, option) => (best.length === 0 || depthOf(option) > depthOf(best) ? option : best),
    [],
  )
}

const problemsOf = (issue: z.core.$ZodIssue, input: unknown, base: readonly PropertyKey[]): Problem[] => {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: jsonPathOf([...path, key]),
      expected: 'no key of this name',
      actual: previewOf(valueAt(input, [...path, key])),
    }))
  }
  if (issue.code === 'invalid_key') {
    return [
      {
        path: jsonPathOf(path),
        expected: `a key that is ${expectationOf(issue)}`,
        actual: previewOf(path.at(-1)),
      },
    ]
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const closest = closestOption(issue.errors)
    if (closest.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys')) {
      return closest.flatMap((inner) => problemsOf(inner, input, path))
    }
  }
  return [
    {
      path: jsonPathOf(path),
      expected: expectationOf(issue),
      actual: previewOf(valueAt(input, path)),
    },
  ]
}

/**
 * What a schema found wrong with `input`, one problem a fault. A custom message of a schema is read as the
 * expectation: `z.string().regex(ID, { error: 'an id such as rsi14' })`.
 */
export const inputProblems = (error: z.ZodError, input: unknown): readonly Problem[] =>
  error.issues.flatMap((issue) => problemsOf(issue, input, []))
