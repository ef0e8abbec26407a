import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder.ts'

/**
 * Runs `program` where it can harm nothing even if it makes a system call that it should not: as a user without rights,
 * and in namespaces of its own where the machine gives those to such a user.
 */
export function runConfined(program: string, args: readonly string[] = []): SpawnSyncReturns<string> {
  using folder = temporaryFolder()
  const copy = join(folder.path, 'program')
  copyFileSync(program, copy)
  chmodSync(copy, 0o755)
  chmodSync(folder.path, 0o755)
  return hasNamespaces() ? run('unshare', [...NAMESPACES, copy, ...args]) : run(copy, args)
}

const NAMESPACES = ['--user', '--map-current-user', '--mount', '--net', '--ipc', '--uts', '--cgroup']

function hasNamespaces(): boolean {
  return run('unshare', [...NAMESPACES, 'true']).status === 0
}

function run(program: string, args: readonly string[]): SpawnSyncReturns<string> {
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  return spawnSync(program, args, { encoding: 'utf8', cwd: '/', ...nobody })
}
