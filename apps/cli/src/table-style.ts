/** Table characters for one line a row: a rule between rows doubles the height and says nothing. */
export const NO_RULES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }
