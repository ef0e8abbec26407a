import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const MARK = 'TCOMPOSE_BENCH_MOUNTS'

/**
 * Runs this program again in a mount namespace of its own, so that nothing it mounts is left behind or seen by others,
 * and returns its exit code. Undefined in that program, and for whoever may not mount.
 */
export function rerunWithOwnMounts(): number | undefined {
  if (process.geteuid?.() !== 0 || process.env[MARK] !== undefined) return undefined
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const { status } = spawnSync('unshare', ['--mount', '--propagation', 'private', ...program], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  })
  return status ?? 1
}

/** Folders as real machines have them. */
export interface MachineFolders {
  /** On a journaled ext4. */
  readonly data: string
  /** On a tmpfs. */
  readonly run: string
  readonly dispose: () => void
}

/**
 * Mounts folders below `scratch` that are in memory: the disk of this machine, which may have no journal or discard at once
 * what is removed, says nothing about tcompose. Undefined where that is not possible.
 */
export function machineFolders(scratch: string): MachineFolders | undefined {
  if (process.env[MARK] === undefined) return undefined
  const memory = join(scratch, 'memory')
  const [image, data, run] = [join(memory, 'disk'), join(scratch, 'data'), join(memory, 'run')]
  mkdirSync(memory)
  mkdirSync(data)
  const mounted: string[] = []
  const dispose = (): void => {
    for (const folder of mounted) succeeds('umount', '--lazy', folder)
  }
  const isThere =
    mounts(mounted, memory, '-t', 'tmpfs', '-o', 'size=8g', 'tmpfs') &&
    succeeds('truncate', '-s', '6G', image) &&
    succeeds('mkfs.ext4', '-q', '-F', image) &&
    mounts(mounted, data, '-o', 'loop', image)
  if (isThere) mkdirSync(run)
  else dispose()
  return isThere ? { data, run, dispose } : undefined
}

function mounts(mounted: string[], folder: string, ...args: readonly string[]): boolean {
  const isMounted = succeeds('mount', ...args, folder)
  if (isMounted) mounted.unshift(folder)
  return isMounted
}

function succeeds(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
