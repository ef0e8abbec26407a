import { readdirSync, readFileSync } from 'node:fs'

/** Returns the pids of processes that have `argument` in their command line. */
export function processesWith(argument: string): readonly string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0${argument}\0`)
    } catch {
      // It has ended.
      return false
    }
  })
}
