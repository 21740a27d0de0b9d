import { AND, NOT, type Program, type RulePlan } from './program.ts'

/** The rules of a program in the order of the bits of a signal: ENTRY_LONG, ENTRY_SHORT, EXIT_LONG, EXIT_SHORT. */
export const rulesOf = (program: Program): readonly (RulePlan | null)[] => [
  program.entryLong,
  program.entryShort,
  program.exitLong,
  program.exitShort,
]

/** Evaluates a rule at one bar from the truth of its comparisons. */
export const ruleHolds = ({ steps }: RulePlan, comparisonHolds: (index: number) => boolean): boolean => {
  const stack: boolean[] = []
  for (const step of steps) {
    if (step >= 0) stack.push(comparisonHolds(step))
    else if (step === NOT) stack.push(stack.pop() !== true)
    else {
      const right = stack.pop() === true
      const left = stack.pop() === true
      stack.push(step === AND ? left && right : left || right)
    }
  }
  return stack[0] === true
}

/** The bits of a signal at one bar. */
export const signalBits = (program: Program, comparisonHolds: (index: number) => boolean): number =>
  rulesOf(program).reduce(
    (bits, rule, shift) => (rule !== null && ruleHolds(rule, comparisonHolds) ? bits | (1 << shift) : bits),
    0,
  )
