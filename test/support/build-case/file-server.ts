import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { tarArchive } from '../tar-archive.ts'
import type { ServedFile } from './build-case.ts'

/** A server on 127.0.0.1 that runs until it is disposed of. */
export interface FileServer extends AsyncDisposable {
  readonly url: string
  /** Returns how many requests have come. */
  readonly countHits: () => number
}

/** Serves files by name. Each was changed on 5 February 2019. */
export async function serveFiles(files: Readonly<Record<string, ServedFile>>): Promise<FileServer> {
  const contents = new Map<string, Buffer>()
  for (const [name, file] of Object.entries(files)) contents.set(`/${name}`, await contentOf(file))
  let hits = 0
  const server = createServer((request, response) => {
    hits += 1
    const content = contents.get((request.url ?? '').split('?')[0] ?? '')
    if (content === undefined) return response.writeHead(404).end()
    return response.setHeader('last-modified', 'Tue, 05 Feb 2019 10:00:00 GMT').end(content)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    countHits: () => hits,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function contentOf(file: ServedFile): Promise<Buffer> {
  if (typeof file === 'string') return Buffer.from(file)
  if ('b64' in file) return Buffer.from(file.b64, 'base64')
  return gzipSync(await tarArchive(file.tar.map(([name, content]) => ({ name, content }))), { level: 0 })
}
