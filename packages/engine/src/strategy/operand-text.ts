import { isArithmetic, readArithmetic } from './arithmetic.ts'
import type { Arithmetic, ArithmeticOperator, Operand } from './strategy.ts'

const INFIX: Readonly<Partial<Record<ArithmeticOperator, string>>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
}

/** A text that is written as it is, or an operand that is written next. */
type Piece = { readonly text: string } | { readonly operand: Operand; readonly isTerm: boolean }

/** A term of a sum or a product stands in brackets when it is one itself. */
const piecesOf = (arithmetic: Arithmetic, isTerm: boolean): Piece[] => {
  const { op, operands } = readArithmetic(arithmetic)
  const sign = INFIX[op]
  const separator = { text: sign === undefined ? ', ' : ` ${sign} ` }
  const list = operands.flatMap((operand, index): Piece[] => {
    const piece = { operand, isTerm: sign !== undefined }
    return index === 0 ? [piece] : [separator, piece]
  })
  if (sign !== undefined && !isTerm) return list
  return [{ text: sign === undefined ? `${op}(` : '(' }, ...list, { text: ')' }]
}

const MAX_CHARACTERS = 200

/**
 * An operand as people write it: `fast`, `macd.signal`, `close[1]` one bar back, `(high + low) / 2`, `min(open, close)`.
 * Longer texts end in `…`.
 */
export const operandText = (operand: Operand): string => {
  const pieces: Piece[] = [{ operand, isTerm: false }]
  let text = ''
  for (let piece = pieces.pop(); piece !== undefined && text.length <= MAX_CHARACTERS; piece = pieces.pop()) {
    if ('text' in piece) text += piece.text
    else if (typeof piece.operand !== 'object') text += String(piece.operand)
    else if (isArithmetic(piece.operand)) {
      const next = piecesOf(piece.operand, piece.isTerm)
      for (let i = next.length - 1; i >= 0; i--) pieces.push(next[i] as Piece)
    } else {
      const { ref, offset = 0 } = piece.operand
      text += offset === 0 ? ref : `${ref}[${offset}]`
    }
  }
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`
}
