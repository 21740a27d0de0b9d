import { describe, expect, it } from 'vitest'
import { requireVersion } from './bot-version.ts'

const codeOf = (ifMatch: string | undefined): string | undefined => {
  try {
    requireVersion(ifMatch, { version: 3 })
    return undefined
  } catch (error) {
    return (error as { readonly code: string }).code
  }
}

describe('If-Match of version 3', () => {
  it.each([
    ['"3"', undefined],
    ['*', undefined],
    ['"2", "3"', undefined],
    ['"2"', 'PRECONDITION_FAILED'],
    ['W/"3"', 'PRECONDITION_FAILED'],
    ['3', 'PRECONDITION_FAILED'],
    ['', 'PRECONDITION_FAILED'],
    [undefined, 'PRECONDITION_REQUIRED'],
  ])('%s gives %s', (ifMatch, code) => {
    expect(codeOf(ifMatch)).toBe(code)
  })
})
