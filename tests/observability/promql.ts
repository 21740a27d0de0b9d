/** A metric as an expression uses it: the labels it has to have, and the values that they are compared with. */
export interface MetricUse {
  readonly metric: string
  readonly labels: Set<string>
  /** Of matchers that name their values, by label. */
  readonly values: Map<string, readonly string[]>
}

/** The expression is not PromQL as it is read here. */
export class BadPromql extends Error {}

const AGGREGATORS = new Set(
  'sum min max avg count group stddev stdvar topk bottomk quantile count_values'.split(' '),
)
/** Take a range `metric[5m]`; every other function takes what is true at one instant. */
const OVER_RANGES =
  /^(?:rate|irate|increase|delta|deriv|changes|resets|absent_over_time|(?:avg|min|max|sum|count|last)_over_time)$/
const FUNCTIONS =
  /^(?:histogram_quantile|absent|clamp|clamp_min|clamp_max|abs|ceil|floor|round|time|vector|scalar|sort|sort_desc|timestamp|label_values)$/
/** From the loosest to the tightest. */
const PRECEDENCE = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
]
const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>(?:\d+(?:ms|[smhdwy]))+(?![\w.])|\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))|(?<word>[A-Za-z_:][\w:]*)|(?<sign>=~|!~|==|!=|<=|>=|[-+*/%^<>=(){},[\]]))/y

interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'sign' | 'end'
  readonly is: string
}

const tokensOf = (expression: string): readonly Token[] => {
  const tokens: Token[] = []
  const pattern = new RegExp(TOKEN)
  const source = expression.trimEnd()
  while (pattern.lastIndex < source.length) {
    const from = pattern.lastIndex
    const groups = pattern.exec(source)?.groups
    const found = (['text', 'number', 'word', 'sign'] as const).find((kind) => groups?.[kind] !== undefined)
    if (found === undefined)
      throw new BadPromql(`${expression}: nothing is known that begins "${source.slice(from)}"`)
    tokens.push({ kind: found, is: groups![found]! })
  }
  return [...tokens, { kind: 'end', is: 'the end' }]
}

/** What an expression is made of; `isRange` is true of a bare `metric[5m]`. */
interface Part {
  readonly uses: readonly MetricUse[]
  readonly isRange: boolean
}

/**
 * The metrics of an expression. Labels of `by` and `on` are asked of every metric below them. Reads selectors with matchers,
 * ranges and offsets, the functions and aggregations named above, and binary operators with their matching.
 */
export const metricUses = (expression: string): readonly MetricUse[] => {
  const reader = new Reader(expression)
  const { uses, isRange } = reader.expression(0)
  if (isRange) reader.fail('a function over the range')
  reader.expect('end', 'the end')
  return uses
}

class Reader {
  readonly #expression: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(expression: string) {
    this.#expression = expression
    this.#tokens = tokensOf(expression)
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', is: 'the end' }
  }

  fail(expected: string): never {
    throw new BadPromql(`${this.#expression}: expected ${expected}, was ${this.#next.is}`)
  }

  #take(is: string): boolean {
    const isIt = this.#next.is === is && this.#next.kind !== 'text'
    if (isIt) this.#at++
    return isIt
  }

  expect(kind: Token['kind'], what: string): string {
    const { kind: found, is } = this.#next
    if (found !== kind || (kind === 'sign' && is !== what)) this.fail(what)
    this.#at++
    return is
  }

  expression(level: number): Part {
    const operators = PRECEDENCE[level]
    if (operators === undefined) return this.#unary()
    let left = this.expression(level + 1)
    for (;;) {
      const operator = operators.find((sign) => this.#take(sign))
      if (operator === undefined) return left
      this.#take('bool')
      const matching = this.#matching()
      const right = this.expression(level + 1)
      if (left.isRange || right.isRange) this.fail('no range beside an operator')
      const uses = [...left.uses, ...right.uses]
      for (const label of matching) for (const use of uses) use.labels.add(label)
      left = { uses, isRange: false }
    }
  }

  /** Labels that both sides have to have. */
  #matching(): readonly string[] {
    const labels = this.#take('on') ? this.#labelList() : []
    if (labels.length === 0 && this.#take('ignoring')) this.#labelList()
    if ((this.#take('group_left') || this.#take('group_right')) && this.#next.is === '(') this.#labelList()
    return labels
  }

  #labelList(): readonly string[] {
    const labels: string[] = []
    this.expect('sign', '(')
    while (!this.#take(')')) {
      labels.push(this.expect('word', 'a label'))
      if (this.#next.is !== ')') this.expect('sign', ',')
    }
    return labels
  }

  #unary(): Part {
    if (this.#take('-') || this.#take('+')) return this.#unary()
    if (this.#take('(')) {
      const inner = this.expression(0)
      this.expect('sign', ')')
      return inner
    }
    const { kind } = this.#next
    if (kind === 'number' || kind === 'text') {
      this.#at++
      return { uses: [], isRange: false }
    }
    const word = this.expect('word', 'a metric, a function, a number or (')
    if (AGGREGATORS.has(word)) return this.#aggregation()
    return this.#next.is === '(' ? this.#call(word) : this.#selector(word)
  }

  #aggregation(): Part {
    const before = this.#grouping()
    const { uses } = this.#call('sum')
    for (const label of [...before, ...this.#grouping()]) for (const use of uses) use.labels.add(label)
    return { uses, isRange: false }
  }

  #grouping(): readonly string[] {
    if (this.#take('without')) {
      this.#labelList()
      return []
    }
    return this.#take('by') ? this.#labelList() : []
  }

  #call(name: string): Part {
    const wantsRange = OVER_RANGES.test(name)
    if (!wantsRange && !FUNCTIONS.test(name) && !AGGREGATORS.has(name)) this.fail(`a function, not ${name}`)
    const uses: MetricUse[] = []
    this.expect('sign', '(')
    while (!this.#take(')')) {
      const argument = this.expression(0)
      if (argument.uses.length > 0 && argument.isRange !== wantsRange) {
        this.fail(wantsRange ? `a range for ${name}` : `no range for ${name}`)
      }
      uses.push(...argument.uses)
      if (this.#next.is !== ')') this.expect('sign', ',')
    }
    if (name === 'histogram_quantile') for (const use of uses) use.labels.add('le')
    return { uses, isRange: false }
  }

  #selector(metric: string): Part {
    const use: MetricUse = { metric, labels: new Set(), values: new Map() }
    if (this.#take('{')) {
      while (!this.#take('}')) {
        this.#matcher(use)
        if (this.#next.is !== '}') this.expect('sign', ',')
      }
    }
    const isRange = this.#take('[')
    if (isRange) {
      this.expect('number', 'a duration')
      this.expect('sign', ']')
    }
    if (this.#take('offset')) this.expect('number', 'a duration')
    return { uses: [use], isRange }
  }

  #matcher(use: MetricUse): void {
    const label = this.expect('word', 'a label')
    const sign = ['=', '!=', '=~', '!~'].find((one) => this.#take(one)) ?? this.fail('=, !=, =~ or !~')
    const value = this.expect('text', 'a text').slice(1, -1)
    use.labels.add(label)
    if (sign === '=') use.values.set(label, [value])
    if (sign === '=~' && /^[\w|-]+$/.test(value)) use.values.set(label, value.split('|'))
  }
}
