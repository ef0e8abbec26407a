import { lstatSync, renameSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'

const MARK = '.damaged'

/** Renames whatever is at `path`, for the user to look at, and returns its new path; undefined if nothing is there. */
export function putAside(path: string): string | undefined {
  const aside = freeName(path)
  try {
    renameSync(path, aside)
    return aside
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  }
}

/** Tells whether `name` is one that `putAside` gave. */
export function isPutAside(name: string): boolean {
  return /\.damaged(-\d+)?$/.test(name)
}

function freeName(path: string): string {
  for (let count = 1; ; count += 1) {
    const name = `${path}${MARK}${count === 1 ? '' : `-${count}`}`
    if (lstatSync(name, { throwIfNoEntry: false }) === undefined) return name
  }
}
