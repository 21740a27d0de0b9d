import { fileRules } from './tidy-files.ts'
import { lineRules } from './tidy-lines.ts'
import { promiseRules } from './tidy-promises.ts'
import type { TidyRule } from './tidy-rule.ts'
import type { Tree } from './tree.ts'

export const tidyRules: readonly TidyRule[] = [...lineRules, ...fileRules, ...promiseRules]

/** One line a finding, ready to be shown. */
export const tidyReport = (tree: Tree): readonly string[] =>
  tidyRules.flatMap((rule) =>
    rule.check(tree).map(({ path, line, found }) => {
      const place = line === undefined ? path : `${path}:${line}`
      return `${rule.name}: ${place} has ${found}. ${rule.instead}`
    }),
  )
