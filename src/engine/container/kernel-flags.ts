/** CLONE_NEW* of linux/sched.h. */
export const CLONE_NEWNS = 0x00020000
export const CLONE_NEWCGROUP = 0x02000000
export const CLONE_NEWUTS = 0x04000000
export const CLONE_NEWIPC = 0x08000000
export const CLONE_NEWPID = 0x20000000
export const CLONE_NEWNET = 0x40000000

/** MS_* of linux/mount.h. */
export const MS_RDONLY = 1
export const MS_NOSUID = 2
export const MS_NODEV = 4
export const MS_NOEXEC = 8
export const MS_BIND = 4096
export const MS_REC = 16384
export const MS_PRIVATE = 0x40000
export const MS_SLAVE = 0x80000
export const MS_SHARED = 0x100000
export const MS_STRICTATIME = 0x1000000

/** MOUNT_ATTR_* of linux/mount.h. */
export const MOUNT_ATTR_RDONLY = 1

/** S_IFCHR and S_IFBLK of sys/stat.h. */
export const S_IFCHR = 0o020000
export const S_IFBLK = 0o060000
