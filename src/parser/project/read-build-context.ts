import { parseAbsolutePath } from '../../base/absolute-path.ts'
import type { BuildContext } from '../../model/build.ts'

/**
 * Reads where the files of a build are, with absolute paths: a folder, a Git repository, another URL, or what the
 * prefixes `docker-image://`, `oci-layout://` and `service:` name. What is a repository is decided as BuildKit does.
 * Undefined for anything else.
 */
export function readBuildContext(text: string): BuildContext | undefined {
  if (text.startsWith('/')) return { kind: 'folder', path: parseAbsolutePath(text) }
  const [, prefix, rest = ''] = /^(docker-image:\/\/|oci-layout:\/\/|service:)(.+)$/s.exec(text) ?? []
  switch (prefix) {
    case 'docker-image://':
      return { kind: 'image', reference: rest }
    case 'oci-layout://':
      return ociLayout(rest)
    case 'service:':
      return { kind: 'service', service: rest }
    default:
      return remote(text)
  }
}

function remote(url: string): BuildContext | undefined {
  if (GIT.test(url)) return { kind: 'git', url }
  return /^https?:\/\/[^/]/.test(url) ? { kind: 'url', url } : undefined
}

/** Of HTTP addresses those are repositories whose path ends with `.git`; `#ref:folder` may follow. */
const GIT = /^(?:git:\/\/[^/]|ssh:\/\/[^/]|git@[^:]+:.|github\.com\/.|https?:\/\/[^/][^#?]*\.git(?:[#?]|$))/

function ociLayout(text: string): BuildContext | undefined {
  const [, path = '', tag, digest] = /^(\/[^:@]*)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? []
  if (path === '') return undefined
  return { kind: 'oci-layout', path: parseAbsolutePath(path), reference: digest ?? tag }
}
