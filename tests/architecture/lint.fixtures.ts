export interface LintFixture {
  /** As oxlint names it: plugin(rule). */
  readonly rule: string
  readonly path: string
  /** The line that trips the rule comes last. */
  readonly text: string
}

const engine = 'packages/engine/src/market/fixture.ts'
const api = 'apps/api/src/fixture.ts'
const delivery = 'export const deliver = async (): Promise<number> => Promise.resolve(1)\n'

export const lintFixtures: readonly LintFixture[] = [
  { rule: 'house(engine-purity)', path: engine, text: 'export const now = () => Date.now()' },
  { rule: 'house(engine-purity)', path: engine, text: 'export const today = () => new Date()' },
  { rule: 'house(engine-purity)', path: engine, text: 'export const chance = () => Math.random()' },
  { rule: 'house(engine-purity)', path: engine, text: 'export const wait = async () => 1' },
  { rule: 'house(engine-purity)', path: engine, text: 'export const p = () => new Promise(() => 1)' },
  {
    rule: 'eslint(no-restricted-imports)',
    path: api,
    text: "export { sma } from '@botcriptofy/engine/indicators'",
  },
  {
    rule: 'eslint(no-restricted-imports)',
    path: api,
    text: "import { sma } from '@botcriptofy/engine/indicators'\nexport const mean = sma",
  },
  {
    rule: 'eslint(no-restricted-imports)',
    path: api,
    text: "export const later = () => import('@botcriptofy/engine/indicators')",
  },
  {
    rule: 'eslint(no-restricted-imports)',
    path: 'packages/report/src/backtest/fixture.ts',
    text: "import { sma } from '@botcriptofy/engine/indicators'\nexport const mean = sma",
  },
  {
    rule: 'typescript(no-import-type-side-effects)',
    path: api,
    text: "import { type Candles } from '@botcriptofy/engine/market'\nexport type C = Candles",
  },
  {
    rule: 'typescript(consistent-type-imports)',
    path: api,
    text: "import { Candles } from './candles.ts'\nexport type C = Candles",
  },
  { rule: 'typescript(no-floating-promises)', path: api, text: `${delivery}deliver()` },
  {
    rule: 'typescript(no-misused-promises)',
    path: api,
    text: `${delivery}export const paid = () => (deliver() ? 1 : 0)`,
  },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    path: api,
    text: "export const f = (side: 'long' | 'short') => {\n  switch (side) {\n    case 'long':\n      return 1\n  }\n  return 0\n}",
  },
  { rule: 'typescript(no-explicit-any)', path: api, text: 'export const loose: any = 1' },
  { rule: 'import(no-default-export)', path: api, text: 'export default 1' },
  { rule: 'unicorn(prefer-node-protocol)', path: api, text: "import fs from 'fs'\nexport const f = fs" },
  { rule: 'eslint(no-console)', path: 'packages/store/src/escrow/fixture.ts', text: "console.log('paid')" },
  {
    rule: 'eslint(max-params)',
    path: api,
    text: 'export const f = (a: 1, b: 2, c: 3, d: 4) => [a, b, c, d]',
  },
  { rule: 'eslint(max-lines)', path: api, text: 'export {}\n'.repeat(401) },
  {
    rule: 'eslint(max-lines-per-function)',
    path: api,
    text: `export const f = (n: number) => {\n${'  n += 1\n'.repeat(70)}  return n\n}`,
  },
]

/** What the same rules let pass on purpose. */
export const allowedByLint: readonly Omit<LintFixture, 'rule'>[] = [
  { path: api, text: "import type { Candles } from '@botcriptofy/engine/market'\nexport type C = Candles" },
  { path: api, text: 'export const now = () => Date.now()' },
  { path: engine, text: 'export const month = (timeMs: number) => new Date(timeMs).getUTCMonth()' },
  { path: 'packages/engine/src/market/fixture.test.ts', text: 'export const now = () => Date.now()' },
  { path: 'apps/worker/src/fixture.ts', text: "export { sma } from '@botcriptofy/engine/indicators'" },
]
