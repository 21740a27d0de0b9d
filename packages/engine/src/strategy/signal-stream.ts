import { invariant } from '../kernel/index.ts'
import { applyArithmetic } from './arithmetic.ts'
import { holds, type Sides } from './compare-values.ts'
import {
  type Bar,
  createIndicatorFeed,
  type IndicatorFeed,
  type IndicatorFeedState,
} from './indicator-feed.ts'
import type {
  ComparisonPlan,
  ExpressionPlan,
  ExpressionStep,
  LeafPlan,
  OperandPlan,
  Program,
} from './program.ts'
import { signalBits } from './signal-bits.ts'
import { type SignalMemory, signalMemory, type Source } from './signal-memory.ts'
import { isCross } from './warm-up.ts'

/** What the evaluation remembers between bars: JSON-safe data, to be kept with the bar length and the program. */
export interface SignalState {
  /** Bars taken so far. */
  bars: number
  readonly indicators: readonly IndicatorFeedState[]
  /** A ring for each source the rules read: the value of bar i is at i modulo the length; null while undefined. */
  readonly rings: readonly (number | null)[][]
}

/** The rules of a program bar by bar: the same bits as `evaluateSignals` gives for the series of all bars taken. */
export interface SignalStream {
  readonly start: () => SignalState
  /** Takes the next closed bar into `state` and gives its ENTRY_… and EXIT_… bits. */
  readonly next: (state: SignalState, bar: Bar) => number
  /** An operand of the program at the newest bar, of a cross also at the one before; NaN while undefined. */
  readonly valueOf: (state: SignalState, operand: OperandPlan, back?: 0 | 1) => number
}

export interface SignalStreamOptions {
  /** The length of a bar. */
  readonly barMs: number
}

const NEVER: Sides = { left: Number.NaN, right: Number.NaN }

class RuleStream implements SignalStream {
  readonly #program: Program
  readonly #memory: SignalMemory
  readonly #feeds: readonly IndicatorFeed[]
  readonly #stack: number[] = []
  /** Of each comparison at the bar that is being taken. */
  readonly #truth: boolean[] = []

  constructor(program: Program, { barMs }: SignalStreamOptions) {
    this.#program = program
    this.#memory = signalMemory(program)
    this.#feeds = program.indicators.map((indicator) => createIndicatorFeed(indicator, barMs))
  }

  readonly start = (): SignalState => ({
    bars: 0,
    indicators: this.#feeds.map((feed) => feed.start()),
    rings: this.#memory.depths.map(() => []),
  })

  readonly next = (state: SignalState, bar: Bar): number => {
    for (const [index, feed] of this.#feeds.entries()) {
      feed.next(state.indicators[index] as IndicatorFeedState, bar)
    }
    for (const [index, source] of this.#memory.sources.entries()) {
      const ring = state.rings[index] as (number | null)[]
      ring[state.bars % (this.#memory.depths[index] as number)] = newest(state, source, bar)
    }
    state.bars++
    const truth = this.#truth
    for (const [index, comparison] of this.#program.comparisons.entries()) {
      truth[index] = this.#holds(state, comparison)
    }
    return signalBits(this.#program, truth)
  }

  readonly valueOf = (state: SignalState, operand: OperandPlan, back: 0 | 1 = 0): number =>
    this.#value(state, operand, back)

  #holds(state: SignalState, { left, op, right }: ComparisonPlan): boolean {
    const now = { left: this.#value(state, left, 0), right: this.#value(state, right, 0) }
    if (!isCross(op)) return holds(op, now, NEVER)
    return holds(op, now, { left: this.#value(state, left, 1), right: this.#value(state, right, 1) })
  }

  #value(state: SignalState, operand: OperandPlan, back: number): number {
    if (operand.kind !== 'expression') return this.#leaf(state, operand, back)
    const stack = this.#stack
    for (const step of (this.#program.expressions[operand.expression] as ExpressionPlan).steps) {
      stack.push(this.#apply(state, step, back))
    }
    return stack.pop() as number
  }

  #apply(state: SignalState, step: ExpressionStep, back: number): number {
    if (step.kind !== 'apply') return this.#leaf(state, step, back)
    const right = this.#stack.pop() as number
    return applyArithmetic(step.op, step.op === 'abs' ? right : (this.#stack.pop() as number), right)
  }

  #leaf(state: SignalState, leaf: LeafPlan, back: number): number {
    if (leaf.kind === 'number') return leaf.value
    const index = this.#memory.sourceOf.get(leaf)
    invariant(index !== undefined, 'the operand belongs to the program')
    const depth = this.#memory.depths[index] as number
    const bar = state.bars - 1 - leaf.offset - back
    return bar < 0 ? Number.NaN : (state.rings[index]?.[bar % depth] ?? Number.NaN)
  }
}

const newest = (state: SignalState, source: Source, bar: Bar): number | null =>
  source.kind === 'field'
    ? bar[source.field]
    : (state.indicators[source.indicator]?.lines[source.line] ?? null)

/** The streaming evaluator of a program on bars of `barMs`; every indicator needs a streaming form. */
export const createSignalStream = (program: Program, options: SignalStreamOptions): SignalStream =>
  new RuleStream(program, options)
