import { constants } from 'node:os'
import type { Bytes } from '../base/bytes.ts'
import { checked, lastErrno, libcFunction } from './libc.ts'

const syscall = libcFunction(
  'long syscall(long number, int fd, unsigned int command, unsigned int id, void *buffer)',
)
const ioctl = libcFunction('int ioctl(int fd, unsigned long request, void *buffer)')

/** quotactl_fd(2), Linux 5.14; the number is the same on every architecture. */
const SYS_QUOTACTL_FD = 443
const PROJECT_QUOTA = 2
const Q_GETQUOTA = 0x80_0007
const Q_SETQUOTA = 0x80_0008
const Q_XGETQSTATV = 0x5808

const FS_QUOTA_PDQ_ACCT = 1 << 4
const FS_QUOTA_PDQ_ENFD = 1 << 5

/** struct fs_quota_statv of linux/dqblk_xfs.h, with room for later fields. */
const STATE_BYTES = 256
const STATE_VERSION = 1
const STATE_FLAGS_AT = 2

/** struct if_dqblk of linux/quota.h: eight u64, then which of them are set. */
const QUOTA_BYTES = 72
const HARD_LIMIT_AT = 0
const SPACE_AT = 16
const INODES_AT = 40
const VALID_AT = 64
const QIF_BLIMITS = 1
const BLOCK_BYTES = 1024

/** FS_IOC_FSGETXATTR and FS_IOC_FSSETXATTR of linux/fs.h, with their struct fsxattr. */
const GET_ATTRIBUTES = 0x801c581f
const SET_ATTRIBUTES = 0x401c5820
const ATTRIBUTES_BYTES = 28
const PROJECT_AT = 12
const FS_XFLAG_PROJINHERIT = 0x200

/** What a file system does about project quotas. */
export type ProjectQuotaState = 'enforced' | 'counted' | 'absent'

/** Returns what the file system of the open file `fd` does about project quotas; `absent` where the kernel knows none. */
export function projectQuotaState(fd: number): ProjectQuotaState {
  const state = Buffer.alloc(STATE_BYTES)
  state.writeInt8(STATE_VERSION)
  if (quotactl(fd, { command: Q_XGETQSTATV, project: 0 }, state) < 0) return 'absent'
  const flags = state.readUInt16LE(STATE_FLAGS_AT)
  if ((flags & FS_QUOTA_PDQ_ENFD) !== 0) return 'enforced'
  return (flags & FS_QUOTA_PDQ_ACCT) === 0 ? 'absent' : 'counted'
}

/** Tells whether a project of the file system of `fd` has a limit, or files. */
export function isProjectUsed(fd: number, project: number): boolean {
  const quota = Buffer.alloc(QUOTA_BYTES)
  // A project that never was has no quota: ENOENT on xfs, zeros on ext4.
  if (quotactl(fd, { command: Q_GETQUOTA, project }, quota) < 0 && lastErrno() === constants.errno.ENOENT)
    return false
  return [HARD_LIMIT_AT, SPACE_AT, INODES_AT].some(offset => quota.readBigUInt64LE(offset) !== 0n)
}

/**
 * Limits what the files of a project may take; 0 is no limit. The file system rounds it to its blocks.
 *
 * @throws {SystemCallError} If the file system counts no projects, or cannot write its quotas.
 */
export function limitProject(fd: number, project: number, limit: Bytes | 0): void {
  const quota = Buffer.alloc(QUOTA_BYTES)
  quota.writeBigUInt64LE(BigInt(Math.ceil(limit / BLOCK_BYTES)), HARD_LIMIT_AT)
  quota.writeUInt32LE(QIF_BLIMITS, VALID_AT)
  checked(quotactl(fd, { command: Q_SETQUOTA, project }, quota), 'quotactl_fd', `project ${project}`)
}

/**
 * Puts the open folder `fd` into a project, and with it what will be made in it.
 *
 * @throws {SystemCallError} If its file system has no projects.
 */
export function assignProject(fd: number, project: number): void {
  const attributes = Buffer.alloc(ATTRIBUTES_BYTES)
  checked(ioctl(fd, GET_ATTRIBUTES, attributes), 'FS_IOC_FSGETXATTR', `descriptor ${fd}`)
  attributes.writeUInt32LE((attributes.readUInt32LE() | FS_XFLAG_PROJINHERIT) >>> 0)
  attributes.writeUInt32LE(project, PROJECT_AT)
  checked(ioctl(fd, SET_ATTRIBUTES, attributes), 'FS_IOC_FSSETXATTR', `descriptor ${fd}`)
}

interface QuotaCall {
  readonly command: number
  readonly project: number
}

function quotactl(fd: number, { command, project }: QuotaCall, buffer: Buffer): number {
  return syscall(SYS_QUOTACTL_FD, fd, ((command << 8) | PROJECT_QUOTA) >>> 0, project, buffer)
}
