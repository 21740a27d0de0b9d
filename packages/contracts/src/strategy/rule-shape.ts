import { OPERATORS } from '@botcriptofy/engine/strategy'

/** A fault in the shape of a rule: where below the rule, and what was expected there. */
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
  readonly value: unknown
  readonly place: Place | null
}

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

  /** Rules may be nested to any depth, so they are walked with a list of tasks and not by recursion. */
  check(rule: unknown): void {
    this.#tasks.push({ value: rule, place: null })
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      if (this.faults.length >= MAX_FAULTS) return
      this.#rule(task)
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
      this.#tasks.push({ value: value['not'], place: { above: place, key: 'not' } })
    } else this.#comparison(value, place)
  }

  #list(rule: Readonly<Record<string, unknown>>, key: 'all' | 'any', place: Place | null): void {
    this.#onlyKeys(rule, [key], place)
    const children = rule[key]
    const listPlace = { above: place, key }
    if (!Array.isArray(children)) {
      this.#fault(listPlace, 'a list of rules')
      return
    }
    // Pushed last to first, so that faults come out in the order of the text.
    for (let i = children.length - 1; i >= 0; i--) {
      this.#tasks.push({ value: children[i], place: { above: listPlace, key: i } })
    }
  }

  #comparison(rule: Readonly<Record<string, unknown>>, place: Place | null): void {
    this.#onlyKeys(rule, ['left', 'op', 'right'], place)
    this.#operand(rule['left'], { above: place, key: 'left' })
    if (!isOperator(rule['op'])) this.#fault({ above: place, key: 'op' }, `one of ${OPERATORS.join(' ')}`)
    this.#operand(rule['right'], { above: place, key: 'right' })
  }

  #operand(value: unknown, place: Place): void {
    if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return
    if (!isObject(value)) {
      this.#fault(place, 'a number, a name or {"ref": name, "offset": bars}')
      return
    }
    this.#onlyKeys(value, ['ref', 'offset'], place)
    if (typeof value['ref'] !== 'string') this.#fault({ above: place, key: 'ref' }, 'a name')
    if (value['offset'] !== undefined && typeof value['offset'] !== 'number') {
      this.#fault({ above: place, key: 'offset' }, 'a whole number of bars, 0 or more')
    }
  }

  #onlyKeys(value: object, known: readonly string[], place: Place | null): void {
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.#fault({ above: place, key }, 'no key of this name')
    }
  }
}

/** What is wrong with the shape of a rule, the first twenty faults; names, offsets and ranges are checked by `compileStrategy`. */
export const ruleShapeFaults = (rule: unknown): readonly ShapeFault[] => {
  const shape = new RuleShape()
  shape.check(rule)
  return shape.faults
}
