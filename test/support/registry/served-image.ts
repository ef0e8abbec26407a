import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type HandMadeImage, writeLayout } from '../hand-made-layout.ts'
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts'
import { pushLayout } from './push-layout.ts'
import { startRegistry } from './registry-server.ts'

/** A registry without TLS and users that has images, and a folder for the test's files. */
export interface ServedImages extends AsyncDisposable {
  readonly kind: 'ready'
  readonly host: string
  readonly folder: string
  /** Where the registry keeps its images, for a second one that shares them. */
  readonly storage: string
  /** Pushes an image as `<host>/t/img:<tag>` and returns the digest of its manifest. */
  readonly push: (tag: string, image: HandMadeImage) => Promise<string>
  /** Pushes an image layout as `<host>/t/img:<tag>`. */
  readonly pushLayout: (tag: string, layout: string) => Promise<string>
}

/** A registry, or why the machine cannot have one. */
export type MaybeServed =
  | ServedImages
  | ({ readonly kind: 'missing'; readonly reason: string } & AsyncDisposable)

/** Starts an empty registry. */
export async function serveImages(): Promise<MaybeServed> {
  const root = temporaryFolder()
  const storage = join(root.path, 'storage')
  const registry = await startRegistry({ storage, config: join(root.path, 'registry.json') })
  if (registry.kind === 'missing') {
    root[Symbol.dispose]()
    return registry
  }
  const { host } = registry
  const pushFrom = (tag: string, layout: string) => pushLayout({ layout, host, repository: 't/img', tag })
  return {
    kind: 'ready',
    host,
    folder: root.path,
    storage,
    pushLayout: pushFrom,
    push: async (tag, image) => await pushFrom(tag, layoutIn(root, tag, image)),
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]()
      root[Symbol.dispose]()
    },
  }
}

function layoutIn(root: TemporaryFolder, tag: string, image: HandMadeImage): string {
  const layout = join(root.path, `layout-${tag}`)
  mkdirSync(layout, { recursive: true })
  writeLayout(layout, [image])
  return layout
}

/** Returns `size` bytes that do not compress, the same for the same seed. */
export function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = seed + 1
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}
