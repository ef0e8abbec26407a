import { posix } from 'node:path'

/** PATH of a process that has none. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Returns the files to try for `program`: itself if it holds a slash, else one in each folder of PATH. */
export function programCandidates(program: string, environment: readonly string[]): readonly string[] {
  if (program.includes('/')) return [program]
  const path = environment.findLast(line => line.startsWith(PREFIX))?.slice(PREFIX.length) ?? DEFAULT_PATH
  // An empty entry of PATH is the working directory.
  return path.split(':').map(folder => (folder === '' ? `./${program}` : posix.join(folder, program)))
}

const PREFIX = 'PATH='
