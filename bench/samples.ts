/** What is measured; each row of the table is one of these at one size of the project, or count of an image's layers. */
export const WORKS = [
  'up',
  'up-again',
  'ps',
  'exec',
  'run',
  'down',
  'memory',
  'up-granted',
  'log-throughput',
  'dns-rate',
  'dns-latency',
  'port-ipv4',
  'port-ipv6',
  'config',
  'pull',
  'pull-memory',
  're-pull',
  'build-cached',
  'build-edit',
  'build-run',
  'build-copy',
  'build-copy-edit',
  'build-memory',
  'watch-file',
  'watch-files',
] as const

export type Work = (typeof WORKS)[number]

/** One number: milliseconds, or bytes if `isMemory` is true of its work; or why there is none. */
export type Sample =
  | {
      readonly kind: 'measured'
      readonly tool: string
      readonly work: Work
      readonly size: number
      readonly value: number
    }
  | {
      readonly kind: 'failed'
      readonly tool: string
      readonly work: Work
      readonly size: number
      readonly reason: string
    }

/** Works of images, whose size is a count of layers. */
export const PULL_WORKS: ReadonlySet<Work> = new Set(['pull', 'pull-memory', 're-pull'])

/** Works of builds, whose size counts stages, steps or files. */
export const BUILD_WORKS: ReadonlySet<Work> = new Set([
  'build-cached',
  'build-edit',
  'build-run',
  'build-copy',
  'build-copy-edit',
  'build-memory',
])

/** Works of sessions that watch files, whose size is a count of files. */
export const WATCH_WORKS: ReadonlySet<Work> = new Set(['watch-file', 'watch-files'])

/** Returns whether the values of `work` are bytes. */
export function isMemory(work: Work): boolean {
  return work === 'memory' || work === 'pull-memory' || work === 'build-memory'
}

/** Returns the values of one row of one tool. */
export function valuesOf(
  samples: readonly Sample[],
  row: { tool: string; work: Work; size: number },
): readonly number[] {
  return samples.flatMap(sample =>
    sample.kind === 'measured' &&
    sample.tool === row.tool &&
    sample.work === row.work &&
    sample.size === row.size
      ? [sample.value]
      : [],
  )
}
