import type { CacheMount } from '../../src/engine/local/build/run/cache-layout.ts'
import { SPAN } from './build-session.ts'

/** Returns the mount of a cache that this user owns. */
export function aCacheMount(): CacheMount {
  return {
    kind: 'cache',
    span: SPAN,
    id: 'npm',
    target: '/c',
    from: undefined,
    source: '/',
    sharing: 'shared',
    isReadOnly: false,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    mode: 0o755,
  }
}
