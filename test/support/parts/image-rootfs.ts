import { makeRootfs, type RootfsFile, supportFile } from './make-rootfs.ts'
import type { Part } from './part.ts'
import type { PartName } from './part-definitions.ts'

/** Programs that a root folder can be built for. */
export type ImageName = 'busybox' | 'redis' | 'nginx' | 'postgres' | 'node'

/**
 * Returns a root folder to run `name` from: its programs over busybox, with the accounts that the program needs.
 * postgres has `/usr/local/bin/docker-entrypoint.sh`, which makes the database at the first start.
 */
export function imageRootfs(name: ImageName): Promise<Part> {
  const parts: readonly PartName[] = name === 'busybox' ? [] : [name]
  return makeRootfs({ parts, files: FILES[name] ?? {} })
}

const FILES: Partial<Record<ImageName, Readonly<Record<string, RootfsFile>>>> = {
  postgres: {
    '/usr/local/bin/docker-entrypoint.sh': { content: supportFile('postgres-entrypoint.sh'), mode: 0o755 },
  },
}
