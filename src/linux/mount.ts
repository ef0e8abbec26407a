import { constants } from 'node:os'
import { checked, lastErrno, libcFunction } from './libc.ts'

const mountCall = libcFunction(
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
)
const umount2 = libcFunction('int umount2(const char *target, int flags)')

/** Flags of mount(2). */
export const MS_BIND = 4096

const MNT_DETACH = 2
const UMOUNT_NOFOLLOW = 8

/** Arguments of mount(2); null where the kind of mount ignores one. */
export interface MountRequest {
  readonly source: string | null
  readonly target: string
  readonly type: string | null
  /** MS_* flags. */
  readonly flags: number
  readonly data: string | null
}

/**
 * Mounts in the mount namespace of this process.
 *
 * @throws {SystemCallError} If mount(2) fails.
 */
export function mount({ source, target, type, flags, data }: MountRequest): void {
  checked(mountCall(source, target, type, flags, data), 'mount', target)
}

/**
 * Takes the topmost mount at `target` out of the tree at once; its users keep it. Returns whether there was one.
 *
 * @throws {SystemCallError} If umount2(2) fails for another reason than that nothing is mounted there.
 */
export function unmount(target: string): boolean {
  const result = umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW)
  // EINVAL is a path that is no mount point, ENOENT a path that is not there; see umount(2).
  if (result < 0 && (lastErrno() === constants.errno.EINVAL || lastErrno() === constants.errno.ENOENT))
    return false
  checked(result, 'umount2', target)
  return true
}
