import { ARITHMETIC_OPERATORS, OPERATORS } from '@botcriptofy/engine/strategy'

/** A fault in the shape of a rule or an operand: where below it, and what was expected there. */
export interface ShapeFault {
  readonly path: readonly PropertyKey[]
  readonly expected: string
}

/** A place below the rule as a chain, so that a deep rule does not copy its path at every level. */
interface Place {
  readonly above: Place | null
  readonly key: PropertyKey
}

interface Task {
  readonly kind: 'rule' | 'operand'
  readonly value: unknown
  readonly place: Place | null
}

const OPERAND =
  'a number, a name, {"ref": name, "offset": bars} or arithmetic such as {"sub": [operand, operand]}'

/** As many as anybody mends at once; a hostile rule has more of them than memory holds, since paths may be long. */
const MAX_FAULTS = 20

const pathOf = (place: Place | null): PropertyKey[] => {
  const path: PropertyKey[] = []
  for (let at = place; at !== null; at = at.above) path.push(at.key)
  return path.reverse()
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isOperator = (value: unknown): boolean => OPERATORS.some((operator) => operator === value)

class RuleShape {
  readonly faults: ShapeFault[] = []
  readonly #tasks: Task[] = []

  /** Rules and arithmetic may be nested to any depth, so they are walked with a list of tasks and not by recursion. */
  check(kind: Task['kind'], value: unknown): void {
    this.#tasks.push({ kind, value, place: null })
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      if (this.faults.length >= MAX_FAULTS) return
      if (task.kind === 'rule') this.#rule(task)
      else this.#operand(task)
    }
  }

  #fault(place: Place | null, expected: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ path: pathOf(place), expected })
  }

  #rule({ value, place }: Task): void {
    if (!isObject(value)) {
      this.#fault(place, 'a rule: {"all": […]}, {"any": […]}, {"not": rule} or a comparison')
    } else if (Object.hasOwn(value, 'all')) this.#list(value, 'all', place)
    else if (Object.hasOwn(value, 'any')) this.#list(value, 'any', place)
    else if (Object.hasOwn(value, 'not')) {
      this.#onlyKeys(value, ['not'], place)
      this.#tasks.push({ kind: 'rule', value: value['not'], place: { above: place, key: 'not' } })
    } else this.#comparison(value, place)
  }

  #list(rule: Readonly<Record<string, unknown>>, key: 'all' | 'any', place: Place | null): void {
    this.#onlyKeys(rule, [key], place)
    const children = rule[key]
    const listPlace = { above: place, key }
    if (Array.isArray(children)) this.#children('rule', children, listPlace)
    else this.#fault(listPlace, 'a list of rules')
  }

  /** Pushed last to first, so that faults come out in the order of the text. */
  #children(kind: Task['kind'], children: readonly unknown[], place: Place): void {
    for (let i = children.length - 1; i >= 0; i--) {
      this.#tasks.push({ kind, value: children[i], place: { above: place, key: i } })
    }
  }

  #comparison(rule: Readonly<Record<string, unknown>>, place: Place | null): void {
    this.#onlyKeys(rule, ['left', 'op', 'right'], place)
    if (!isOperator(rule['op'])) this.#fault({ above: place, key: 'op' }, `one of ${OPERATORS.join(' ')}`)
    for (const key of ['right', 'left'] as const) {
      this.#tasks.push({ kind: 'operand', value: rule[key], place: { above: place, key } })
    }
  }

  #operand({ value, place }: Task): void {
    if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return
    if (!isObject(value)) {
      this.#fault(place, OPERAND)
      return
    }
    const operator = ARITHMETIC_OPERATORS.find((name) => Object.hasOwn(value, name))
    if (operator === undefined) this.#reference(value, place)
    else this.#arithmetic(value, operator, place)
  }

  #reference(value: Readonly<Record<string, unknown>>, place: Place | null): void {
    this.#onlyKeys(value, ['ref', 'offset'], place)
    if (typeof value['ref'] !== 'string') this.#fault({ above: place, key: 'ref' }, 'a name')
    if (value['offset'] !== undefined && typeof value['offset'] !== 'number') {
      this.#fault({ above: place, key: 'offset' }, 'a whole number of bars, 0 or more')
    }
  }

  #arithmetic(value: Readonly<Record<string, unknown>>, operator: string, place: Place | null): void {
    this.#onlyKeys(value, [operator], place)
    const operands = value[operator]
    const operandsPlace = { above: place, key: operator }
    if (Array.isArray(operands)) this.#children('operand', operands, operandsPlace)
    else if (operator === 'abs') this.#tasks.push({ kind: 'operand', value: operands, place: operandsPlace })
    else this.#fault(operandsPlace, 'a list of operands')
  }

  #onlyKeys(value: object, known: readonly string[], place: Place | null): void {
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.#fault({ above: place, key }, 'no key of this name')
    }
  }
}

const faultsOf = (kind: Task['kind'], value: unknown): readonly ShapeFault[] => {
  const shape = new RuleShape()
  shape.check(kind, value)
  return shape.faults
}

/** What is wrong with the shape of a rule, the first twenty faults; names, offsets and ranges are checked by `compileStrategy`. */
export const ruleShapeFaults = (rule: unknown): readonly ShapeFault[] => faultsOf('rule', rule)

/** The same of an operand that stands alone. */
export const operandShapeFaults = (operand: unknown): readonly ShapeFault[] => faultsOf('operand', operand)
