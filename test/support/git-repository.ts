import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Things, writeThings } from './copy-scene.ts'

/** A Git repository in a folder. */
export interface GitRepository {
  /** What git takes as a remote. */
  readonly url: string
  /** Makes a commit of `things` and returns its digits. */
  commit(things: Things): string
  git(...args: readonly string[]): string
}

/** Makes an empty repository below `root`, whose branch is `main`. */
export function makeGitRepository(root: string): GitRepository {
  const folder = join(root, 'repository')
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', HOME: root },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  execFileSync('git', ['init', '-q', '-b', 'main', '--', folder], { env: { ...process.env, HOME: root } })
  return {
    url: `file://${folder}`,
    git,
    commit: things => {
      writeThings(folder, things)
      git('add', '-A')
      git('commit', '-q', '-m', 'test')
      return git('rev-parse', 'HEAD')
    },
  }
}
