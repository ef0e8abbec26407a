/** Namespace kinds of linux/sched.h. Mounts. */
export const CLONE_NEWNS = 0x00020000
/** Control groups. */
export const CLONE_NEWCGROUP = 0x02000000
/** Host and domain name. */
export const CLONE_NEWUTS = 0x04000000
/** System V IPC and message queues. */
export const CLONE_NEWIPC = 0x08000000
/** Processes. */
export const CLONE_NEWPID = 0x20000000
export const CLONE_NEWUSER = 0x10000000
/** Interfaces, addresses, ports. */
export const CLONE_NEWNET = 0x40000000

/** Flags of mount(2). */
export const MS_RDONLY = 1
/** Files give no other user's rights. */
export const MS_NOSUID = 2
/** Device nodes do not open. */
export const MS_NODEV = 4
/** Programs do not run. */
export const MS_NOEXEC = 8
/** Writes go to the device at once. */
export const MS_SYNCHRONOUS = 16
/** Changes of folders go to the device at once. */
export const MS_DIRSYNC = 128
/** No access updates the access time. */
export const MS_NOATIME = 1024
/** As MS_NOATIME, for folders. */
export const MS_NODIRATIME = 2048
/** An access updates the access time after a change, or a day later. */
export const MS_RELATIME = 0x200000
/** Show a place of the tree at another one too. */
export const MS_BIND = 4096
/** With the mounts below. */
export const MS_REC = 16384
/** Mounts go to no peer and come from none. */
export const MS_PRIVATE = 0x40000
/** Mounts come from the peers but do not go to them. */
export const MS_SLAVE = 0x80000
/** Mounts go to the peers and come from them. */
export const MS_SHARED = 0x100000
/** Every access updates the access time. */
export const MS_STRICTATIME = 0x1000000

/** Read-only, in the attributes of mount_setattr(2). */
export const MOUNT_ATTR_RDONLY = 1

/** As MS_NOSUID, MS_NODEV and MS_NOEXEC, in the attributes of mount_setattr(2). */
export const MOUNT_ATTR_NOSUID = 2
export const MOUNT_ATTR_NODEV = 4
export const MOUNT_ATTR_NOEXEC = 8

/** Character device, in the mode of mknod(2). */
export const S_IFCHR = 0o020000
/** Block device, in the mode of mknod(2). */
export const S_IFBLK = 0o060000
