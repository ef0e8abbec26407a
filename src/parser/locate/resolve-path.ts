import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'

/** Makes `path` absolute against `base`; `~` is `home`. A NUL is dropped, since no path can hold one. */
export function resolvePath(base: AbsolutePath, path: string, home?: string): AbsolutePath {
  const text = path.replaceAll('\0', '')
  if (text.startsWith('/')) return parseAbsolutePath(text)
  if (home?.startsWith('/') && /^~(?:\/|$)/.test(text)) return parseAbsolutePath(`${home}/${text.slice(1)}`)
  return parseAbsolutePath(`${base}/${text}`)
}

/** Returns the folder that `path` lies in. */
export function parentFolder(path: AbsolutePath): AbsolutePath {
  return parseAbsolutePath(`${path}/..`)
}

/** Returns `path` as the user would name it from `base`: relative where it lies below or next to it. */
export function displayPath(base: AbsolutePath, path: AbsolutePath): string {
  const from = base === '/' ? [] : base.split('/').slice(1)
  const to = path.split('/').slice(1)
  const shared = from.findIndex((segment, index) => segment !== to[index])
  const length = shared === -1 ? from.length : shared
  if (length === 0 && from.length > 0) return path
  return [...from.slice(length).map(() => '..'), ...to.slice(length)].join('/')
}

/** Returns `path` as the user would name it; `-` is standard input. */
export function displayName(base: AbsolutePath, path: string): string {
  return path === '-' ? 'standard input' : displayPath(base, parseAbsolutePath(path))
}
