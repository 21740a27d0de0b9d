import type { Finding, TidyRule } from './tidy-rule.ts'
import type { Tree } from './tree.ts'

const isTest = (path: string) => path.endsWith('.test.ts')
const isCode = (path: string) =>
  /^(?:packages|apps|scripts|tests|bench)\/.*[.](?:ts|tsx|mjs)$/.test(path) &&
  !path.startsWith('tests/architecture/')
const isProduct = (path: string) => isCode(path) && /^(?:packages|apps)\//.test(path) && !isTest(path)

interface LineRule {
  readonly name: string
  readonly instead: string
  readonly where: (path: string) => boolean
  readonly pattern: RegExp
}

const table: readonly LineRule[] = [
  {
    name: 'env-in-config-only',
    instead: 'Name the variable in the process’s config.ts, parse it there once and pass the value down.',
    where: (path) => isProduct(path) && !path.endsWith('/config.ts'),
    pattern: /\bprocess\.env\b/,
  },
  {
    name: 'no-export-star',
    instead: 'Name what leaves the folder: a front door is a list, not a hole in the wall.',
    where: isCode,
    pattern: /^\s*export \*/,
  },
  {
    name: 'no-leftovers',
    instead: 'Finish it, or open an issue; a comment is where work goes to be forgotten.',
    where: isCode,
    pattern: /\b(?:TODO|FIXME|XXX)\b/,
  },
  {
    name: 'no-silenced-tests',
    instead: 'Let every test run. What needs something that may be absent uses skipIf, with one line why.',
    where: isCode,
    pattern: /\b(?:describe|it|test|suite)(?:\.\w+)*\.(?:only|skip|todo|fails)\b(?!If)/,
  },
  {
    name: 'no-double-cast',
    instead: 'Parse the value at the edge, or narrow it, so that the compiler agrees.',
    where: isCode,
    pattern: /\bas unknown as\b/,
  },
  {
    name: 'job-handlers-name-their-parameters',
    instead: 'Write (payload, context): a rest parameter has no length, and BullMQ reads the length.',
    where: (path) => isProduct(path) && /[.]jobs[.]ts$|\/handlers[.]ts$/.test(path),
    pattern: /\(\s*\.\.\.\w+(?::[^)]*)?\)\s*(?::[^=]*)?=>|function\s*\w*\(\s*\.\.\./,
  },
]

const findingsOf = (tree: Tree, { where, pattern }: LineRule): readonly Finding[] =>
  tree.paths.filter(where).flatMap((path) =>
    tree
      .read(path)
      .split('\n')
      .flatMap((text, index) => {
        const found = pattern.exec(text)?.[0]
        return found === undefined ? [] : [{ path, line: index + 1, found: `“${found.trim()}”` }]
      }),
  )

export const lineRules: readonly TidyRule[] = table.map((rule) => ({
  name: rule.name,
  instead: rule.instead,
  check: (tree) => findingsOf(tree, rule),
}))
