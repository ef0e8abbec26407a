import { spawnSync } from 'node:child_process'
import { projectRoot } from '../project-root.ts'

/** The flags that every source is compiled with. */
export const LANGUAGE: readonly string[] = ['-std=gnu11', '-D_GNU_SOURCE']
/** What the compiler refuses. */
export const WARNINGS: readonly string[] = [
  ...['-Wall', '-Wextra', '-Werror', '-Wshadow', '-Wconversion', '-Wswitch-enum'],
  ...['-Wmissing-prototypes', '-Wformat=2'],
]
/** Sanitizers whose every finding ends the program. */
export const SANITIZE: readonly string[] = [
  ...['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined'],
  '-fno-sanitize-recover=all',
]

/**
 * Runs the C compiler in `folder`, the checkout by default.
 *
 * @throws {Error} If there is none, or it fails; its own messages go to standard error.
 */
export function compile(args: readonly string[], folder: string = projectRoot): void {
  const { error, status, signal } = spawnSync('cc', args, { cwd: folder, stdio: 'inherit' })
  if (error !== undefined) throw new Error(`there is no C compiler, expected "cc" on PATH (${INSTALL})`)
  if (status === 0) return
  if (!canLinkStatic())
    throw new Error(`cc cannot link a static program, expected libc with headers and libc.a (${INSTALL})`)
  throw new Error(`cc exited with ${signal ?? `exit code ${status}`}`)
}

const INSTALL = 'Debian: apt-get install gcc libc6-dev'

function canLinkStatic(): boolean {
  const args = ['-static', '-x', 'c', '-', '-o', '/dev/null']
  return spawnSync('cc', args, { input: '#include <stdio.h>\nint main(void) { return 0; }\n' }).status === 0
}

/**
 * Runs a binary tool such as `nm`, and returns what it prints.
 *
 * @throws {Error} If it fails.
 */
export function runBinaryTool(program: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (error !== undefined) throw new Error(`there is no "${program}" on PATH (${INSTALL})`)
  if (status !== 0) throw new Error(`${program} exited with ${status}: ${stderr.trim()}`)
  return stdout
}
