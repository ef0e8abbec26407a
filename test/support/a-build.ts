import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import type { BuildConfig } from '../../src/model/build.ts'

/** Returns the build of the folder `/srv/shop` that says nothing else, except `changes`. */
export function aBuild(changes: Partial<BuildConfig> = {}): BuildConfig {
  return {
    context: { kind: 'folder', path: parseAbsolutePath('/srv/shop') },
    dockerfile: { kind: 'file', path: 'Dockerfile' },
    args: new Map(),
    target: undefined,
    labels: new Map(),
    tags: [],
    additionalContexts: new Map(),
    cacheFrom: [],
    cacheTo: [],
    noCache: false,
    noCacheFilter: [],
    pull: false,
    network: 'default',
    shmSize: undefined,
    ulimits: new Map(),
    extraHosts: [],
    privileged: false,
    entitlements: [],
    secrets: [],
    ssh: [],
    platforms: [],
    ...changes,
  }
}
