import { checked, lastErrno, libcFunction, SystemCallError } from '../linux/libc.ts'
import { type BytePath, displayPath, nativePath } from './byte-path.ts'

const lsetxattr = libcFunction(
  'int lsetxattr(const void *path, const char *name, const void *value, size_t size, int flags)',
)
const lgetxattr = libcFunction(
  'long lgetxattr(const void *path, const char *name, _Out_ void *value, size_t size)',
)
const llistxattr = libcFunction('long llistxattr(const void *path, void *list, size_t size)')
const mknod = libcFunction('int mknod(const void *path, unsigned int mode, unsigned long dev)')
const utimensat = libcFunction('int utimensat(int dirfd, const void *path, const void *times, int flags)')

const AT_FDCWD = -100
const AT_SYMLINK_NOFOLLOW = 0x100
const ENODATA = 61
const ENOTSUP = 95
const ERANGE = 34
const NANOSECONDS = 1_000_000_000n

/** The name of overlayfs' mark on a folder that hides what lower layers have there. */
export const OPAQUE_XATTR = 'trusted.overlay.opaque'

/** Sets an extended attribute of `path` itself, also where it is a link. */
export function setXattr(path: BytePath, name: string, value: Uint8Array): void {
  checked(lsetxattr(cPath(path), name, Buffer.from(value), value.length, 0), 'lsetxattr', displayPath(path))
}

/** Returns an extended attribute of `path` itself, or undefined where it has none of that name. */
export function getXattr(path: BytePath, name: string): Buffer | undefined {
  for (let size = 256; ; size *= 16) {
    const value = Buffer.alloc(size)
    const length = lgetxattr(cPath(path), name, value, size)
    if (length >= 0) return value.subarray(0, length)
    const errno = lastErrno()
    if (errno === ENODATA || errno === ENOTSUP) return undefined
    if (errno !== ERANGE || size > 65536) throw new SystemCallError('lgetxattr', errno, displayPath(path))
  }
}

const NO_NAMES: readonly string[] = []
/** Most files have none: to look should cost no memory. */
const shortList = Buffer.alloc(1024)

/** Returns the names of the extended attributes of `path` itself. */
export function listXattrs(path: BytePath): readonly string[] {
  for (let size = shortList.length; ; size *= 8) {
    const list = size === shortList.length ? shortList : Buffer.alloc(size)
    const length = llistxattr(cPath(path), list, size)
    if (length === 0) return NO_NAMES
    if (length > 0) return list.toString('latin1', 0, length - 1).split('\0')
    const errno = lastErrno()
    if (errno === ENOTSUP) return []
    if (errno !== ERANGE || size > 65536) throw new SystemCallError('llistxattr', errno, displayPath(path))
  }
}

/** What mknod(2) makes. `mode` holds the S_IF* type and the permission bits, which the umask cuts. */
export interface NodeSpec {
  readonly mode: number
  readonly major: number
  readonly minor: number
}

/** Makes a device node, FIFO or socket. */
export function makeNode(path: BytePath, { mode, major, minor }: NodeSpec): void {
  checked(mknod(cPath(path), mode, deviceNumber(major, minor)), 'mknod', displayPath(path))
}

/** Sets access and modification time of `path` itself, in nanoseconds since the epoch. */
export function setTimes(path: BytePath, nanoseconds: bigint): void {
  const times = Buffer.alloc(32)
  const rest = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS
  const seconds = (nanoseconds - rest) / NANOSECONDS
  for (const offset of [0, 16]) {
    times.writeBigInt64LE(seconds, offset)
    times.writeBigInt64LE(rest, offset + 8)
  }
  checked(utimensat(AT_FDCWD, cPath(path), times, AT_SYMLINK_NOFOLLOW), 'utimensat', displayPath(path))
}

/** Returns glibc's makedev(3). */
function deviceNumber(major: number, minor: number): bigint {
  const high = BigInt(major)
  const low = BigInt(minor)
  return (low & 0xffn) | ((high & 0xfffn) << 8n) | ((low & ~0xffn) << 12n) | ((high & ~0xfffn) << 32n)
}

/** Splits a device number as stat(2) gives it. */
export function splitDevice(device: number): { readonly major: number; readonly minor: number } {
  const bits = BigInt(device)
  return {
    major: Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn)),
    minor: Number((bits & 0xffn) | ((bits >> 12n) & ~0xffn & 0xffffffffn)),
  }
}

/** Returns `path` as a C string in a buffer: koffi would encode a string as UTF-8. */
export function cPath(path: BytePath): Buffer {
  const native = nativePath(path)
  return typeof native === 'string'
    ? Buffer.from(`${native}\0`, 'latin1')
    : Buffer.concat([native, Buffer.alloc(1)])
}
