import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { loadModules } from '@botcriptofy/runtime/modules'
import { readIndicatorModules } from '../config.ts'
import { badInputOf } from '../failure.ts'

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
    throw badInputOf(error.problems, error)
  }
}
