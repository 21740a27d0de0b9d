export {
  type Problem,
  PROBLEM_CODES,
  PROBLEM_MEDIA_TYPE,
  type ProblemCode,
  type ProblemError,
  problemError,
  problemOf,
  PROBLEMS,
  problemSchema,
} from './problem.ts'
