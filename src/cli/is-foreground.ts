import { readFileSync } from 'node:fs'

/**
 * Tells whether this process may take keys of its terminal: the kernel stops one of the background that tries, see
 * SIGTTIN and SIGTTOU in signal(7). One without a controlling terminal is not held back.
 *
 * @param stat As proc_pid_stat(5) has it.
 */
export function isForeground(stat: string = readFileSync('/proc/self/stat', 'utf8')): boolean {
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return foreground === '-1' || foreground === group
}
