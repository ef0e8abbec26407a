import { dirname } from 'node:path'

/** Absolute path of the checkout. */
export const projectRoot: string = dirname(import.meta.dirname)
