import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import type { BuildConfig } from '../../src/model/build.ts'

/** Returns the settings of a build that says nothing but what is given. */
export function aBuildConfig(config: Partial<BuildConfig> = {}): BuildConfig {
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
    ...config,
  }
}
