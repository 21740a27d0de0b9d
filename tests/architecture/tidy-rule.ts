import type { Tree } from './tree.ts'

export interface Finding {
  readonly path: string
  /** 1-based, where the rule is about a line. */
  readonly line?: number
  readonly found: string
}

/** A rule of the house that neither compiler nor linter can see. `instead` says what to do. */
export interface TidyRule {
  readonly name: string
  readonly instead: string
  readonly check: (tree: Tree) => readonly Finding[]
}
