import { AND, NOT, type Program, type RulePlan } from './program.ts'

/** The rules of a program in the order of the bits of a signal: ENTRY_LONG, ENTRY_SHORT, EXIT_LONG, EXIT_SHORT. */
export const rulesOf = (program: Program): readonly (RulePlan | null)[] => [
  program.entryLong,
  program.entryShort,
  program.exitLong,
  program.exitShort,
]

const ruleHolds = ({ steps }: RulePlan, truth: readonly boolean[]): boolean => {
  const stack: boolean[] = []
  for (const step of steps) {
    if (step >= 0) stack.push(truth[step] === true)
    else if (step === NOT) stack.push(stack.pop() !== true)
    else {
      const right = stack.pop() === true
      const left = stack.pop() === true
      stack.push(step === AND ? left && right : left || right)
    }
  }
  return stack[0] === true
}

/** The bits of a signal at one bar, from the truth of each comparison. */
export const signalBits = (program: Program, truth: readonly boolean[]): number =>
  rulesOf(program).reduce(
    (bits, rule, shift) => (rule !== null && ruleHolds(rule, truth) ? bits | (1 << shift) : bits),
    0,
  )
