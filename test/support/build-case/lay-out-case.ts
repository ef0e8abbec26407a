import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildCase } from './build-case.ts'

/** Writes the context of a case into a new `folder`. Its files are 0644 and its folders 0755, whatever the umask is. */
export function layOutCase({ files, definition }: BuildCase, folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  makeFolder(folder, '.')
  for (const [path, content] of files) {
    makeFolder(folder, dirname(path))
    writeFileSync(join(folder, path), content)
    chmodSync(join(folder, path), 0o644)
  }
  runScript(definition.setup, folder)
}

function makeFolder(root: string, path: string): void {
  const parent = dirname(path)
  if (parent !== path) makeFolder(root, parent)
  mkdirSync(join(root, path), { recursive: true })
  chmodSync(join(root, path), 0o755)
}

/** Runs a shell script in `folder`. @throws {Error} If one of its commands fails. */
export function runScript(script: string | undefined, folder: string): void {
  if (script === undefined) return
  execFileSync('sh', ['-ec', `umask 022\n${script}`], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}
