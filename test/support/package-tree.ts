import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

interface RunOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A tree like that of a package: files that a test adds. */
export class PackageTree implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), 'tc-launcher-'))

  write(path: string, text: string): void {
    mkdirSync(resolve(this.root, path, '..'), { recursive: true })
    writeFileSync(join(this.root, path), text)
    chmodSync(join(this.root, path), 0o755)
  }

  /** Makes `path` a symbolic link with the text `target`. */
  link(path: string, target: string): void {
    mkdirSync(resolve(this.root, path, '..'), { recursive: true })
    symlinkSync(target, join(this.root, path))
  }

  /** Runs a program of the tree in another folder, with two arguments unless `args` has others. */
  run(
    path: string,
    { args = ['up', 'two words'], env: more = {} }: RunOptions = {},
  ): {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  } {
    const env = { PATH: `${join(this.root, 'path')}:/usr/bin:/bin`, ...more }
    return spawnSync(join(this.root, path), args, { cwd: '/', encoding: 'utf8', env })
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true })
  }
}
