/** The extension of the format that is tcompose's own. */
export const EXTENSION = 'x-tcompose'
