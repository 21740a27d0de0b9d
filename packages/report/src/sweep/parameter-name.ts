/** The last words of a path that tell it from the others: `fast period` for `indicators.fast.params.period`. */
export const parameterName = (path: string): string =>
  path
    .split('.')
    .filter((word) => word !== 'indicators' && word !== 'params')
    .join(' ')
