import { isGitSource } from '../../model/git-address.ts'

/**
 * Tells whether a Compose file is on another machine: a published project, `oci://NAME`, or a Git repository. Any other
 * address counts too, so that it is refused as one.
 */
export function isRemoteAddress(text: string): boolean {
  return /^(?:oci|https?|ssh|git):\/\/|^github\.com\/[^/]+\/[^/]/.test(text) || isGitSource(text)
}
