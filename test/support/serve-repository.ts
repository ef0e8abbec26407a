import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type FileServer, serveFiles } from './file-server.ts'
import type { GitRepository } from './git-repository.ts'

/** A Git repository that is had over HTTP. */
export interface ServedRepository extends AsyncDisposable {
  /** Of a bare copy, as it is at this moment. */
  readonly url: string
  readonly requests: FileServer['requests']
}

/** Serves a copy of `repository` in folder `root` by files alone; gitrepository-layout(5), git-update-server-info(1). */
export async function serveRepository(repository: GitRepository, root: string): Promise<ServedRepository> {
  const bare = join(root, 'bare.git')
  repository.git('clone', '-q', '--bare', '.', bare)
  repository.git('--git-dir', bare, 'update-server-info')
  const files = readdirSync(bare, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name))
  const answers = paths.map(path => [`/shop.git/${relative(bare, path)}`, readFileSync(path)] as const)
  const server = await serveFiles({
    ...Object.fromEntries(answers),
    // git asks with a query first, to find out whether the server knows more than files.
    '/shop.git/info/refs?service=git-upload-pack': readFileSync(join(bare, 'info/refs')),
  })
  return {
    url: `${server.url}/shop.git`,
    requests: server.requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
