import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { loadModules } from '@botcriptofy/runtime/modules'
import { readIndicatorModules } from '../config.ts'
import { BadInput } from '../failure.ts'

/** Loads the operator's modules; what is wrong with them is a `BadInput` of one line. */
export const loadIndicatorModules = async (): Promise<void> => {
  try {
    await loadModules({
      variable: 'INDICATOR_MODULES',
      names: readIndicatorModules(),
      accept: registerIndicatorModule,
    })
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error
    const [first = '', ...others] = error.problems
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    throw new BadInput(`${first}${more}`, { cause: error })
  }
}
