import type { Operand, Rule } from '@botcriptofy/engine/strategy'
import { z } from 'zod'
import { operandShapeFaults, ruleShapeFaults, type ShapeFault } from './rule-shape.ts'

const shaped = (faultsOf: (value: unknown) => readonly ShapeFault[]): z.ZodType =>
  z.unknown().superRefine((value, context) => {
    for (const { path, expected } of faultsOf(value)) {
      context.addIssue({ code: 'custom', path: [...path], message: expected })
    }
  })

/** A rule tree of any depth (contract section 4). */
export const ruleSchema = shaped(ruleShapeFaults).meta({
  description:
    '{"all":[rule]}, {"any":[rule]}, {"not":rule} or a comparison {"left":operand,"op":operator,"right":operand}',
}) as z.ZodType<Rule>

export const operandSchema = shaped(operandShapeFaults).meta({
  description:
    'a number, a field, an indicator id, a line, {"ref":name,"offset":bars} or arithmetic: {"add":[operand, operand]}, sub, mul, div, min, max, {"abs":operand}',
}) as z.ZodType<Operand>
