import type { ContainerEntry } from '../state/project-record.ts'

/** The folder of the account file, and the file. */
export const ACCOUNTS = { folder: '/etc', file: '/etc/passwd' } as const

/** Tells whether a container has a mount in place of the image's account file. */
export function hasOwnAccounts({ spec, anonymousVolumes, sharedMounts = [] }: ContainerEntry): boolean {
  return [...spec.config.mounts, ...anonymousVolumes, ...sharedMounts].some(coversAccounts)
}

/** Tells whether what is mounted at `target` hides the account file of the image. */
export function coversAccounts({ target }: { readonly target: string }): boolean {
  return target === ACCOUNTS.file || target === ACCOUNTS.folder
}
