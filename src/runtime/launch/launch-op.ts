import type { ModelPath } from '../../base/model-path.ts'
import type { LogLimits } from '../../model/logging.ts'

/**
 * One operation of a launch program, run by the keeper's child between clone and exec, in order. Paths are resolved
 * where the child is: before `pivot-root` on the host, after it inside the container, where no link of the image
 * can lead outside. Sources on the host are therefore opened with `open-tree` before the pivot and put in place with
 * `move-tree` after it.
 *
 * Codes and payloads are pinned with native/launch.h: append only.
 */
export type LaunchOp =
  /** setns(2) on the namespace file `path`; `namespace` is its CLONE_NEW* flag. */
  | { readonly op: 'join-namespace'; readonly path: string; readonly namespace: number }
  /** setns(2) on the pidfd of the container named by the request's `join`; `namespaces` are CLONE_NEW* flags. */
  | { readonly op: 'join-target'; readonly namespaces: number }
  /**
   * setns(2) on a namespace of the process that `record` names, another container's `pid` file: CLONE_NEWPID or
   * CLONE_NEWIPC. With the first the process is born in two steps, as one that joins a container is. ESRCH if the other
   * has ended.
   */
  | { readonly op: 'join-process'; readonly record: string; readonly namespace: number }
  /** Writes `0` to `file`, a v1 `tasks` or v2 `cgroup.procs`: the writer itself. */
  | { readonly op: 'enter-cgroup'; readonly file: string }
  /** Makes the folder of a control group and those above it; leaves one that is there. */
  | { readonly op: 'make-cgroup'; readonly path: string }
  /** Writes each of `texts` to the file at `path`, which exists, with a write(2) of its own. */
  | { readonly op: 'write-each'; readonly path: string; readonly texts: readonly string[] }
  | { readonly op: 'unshare'; readonly namespaces: number }
  /** mount(2). `flags` are MS_*. */
  | {
      readonly op: 'mount'
      readonly source: string
      readonly target: string
      readonly type: string
      readonly flags: number
      readonly data: string
    }
  /**
   * Mounts an overlay of `layers`, the topmost first, with fsopen(2), which takes more of them than mount(2). `names` are
   * options and `values` theirs; an empty value makes a flag. A text has 255 bytes at most. Needs Linux 6.5.
   */
  | {
      readonly op: 'mount-overlay'
      readonly target: string
      readonly layers: readonly string[]
      readonly names: readonly string[]
      readonly values: readonly string[]
    }
  /**
   * Clones the mount at `source` with open_tree(2) into `slot` (0 to 255), sets MOUNT_ATTR_* `attributes` and MS_*
   * `propagation` (0: leave) with mount_setattr(2). Needs Linux 5.12.
   */
  | {
      readonly op: 'open-tree'
      readonly slot: number
      readonly source: string
      readonly recursive: boolean
      readonly attributes: number
      readonly propagation: number
    }
  /**
   * Like `open-tree`, of `path` below the folder `root`, for a tree that containers change: no link below it is
   * followed.
   */
  | {
      readonly op: 'open-tree-beneath'
      readonly slot: number
      readonly root: string
      readonly path: string
      readonly recursive: boolean
      readonly attributes: number
      readonly propagation: number
    }
  /**
   * Clones into `slot` what the process that `record` names, another container's `pid` file, has mounted at `path`; no
   * link is followed. EPERM if that is no `filesystem`, a magic number of statfs(2); 0 is any. Comes before `pivot-root`.
   */
  | {
      readonly op: 'open-tree-of'
      readonly slot: number
      readonly record: string
      readonly path: string
      readonly filesystem: number
    }
  /**
   * Has the mount in `slot`, which is placed nowhere yet, show other owners: each line of a map has the first id of the file
   * system, the id that it is shown as, and how many follow; user_namespaces(7). mount_setattr(2) fails with EINVAL where
   * the file system cannot do that.
   */
  | {
      readonly op: 'map-tree'
      readonly slot: number
      readonly recursive: boolean
      readonly uidMap: string
      readonly gidMap: string
    }
  /**
   * Makes a user namespace that no process is in, and keeps it in `slot`. Each line of a map has the first id in the
   * namespace, the id outside, and how many follow; user_namespaces(7).
   */
  | {
      readonly op: 'make-user-namespace'
      readonly slot: number
      readonly uidMap: string
      readonly gidMap: string
    }
  /**
   * Keeps the user namespace that owns the network namespace of the process in `slot`; where that is the process's own, one is
   * made, as `make-user-namespace` does.
   */
  | {
      readonly op: 'owning-user-namespace'
      readonly slot: number
      readonly uidMap: string
      readonly gidMap: string
    }
  /** `make-network`, which follows, makes one that belongs to a user namespace with these maps. */
  | { readonly op: 'network-owner'; readonly uidMap: string; readonly gidMap: string }
  /** `map-tree` with the maps of the user namespace in the slot `namespace`. */
  | {
      readonly op: 'map-tree-by'
      readonly slot: number
      readonly recursive: boolean
      readonly namespace: number
    }
  /**
   * setns(2) on the user namespace in `slot`. The process has every capability in it, in its bounding set too, and the users
   * that set-groups, set-gid and set-uid name are those of the namespace.
   */
  | { readonly op: 'enter-user-namespace'; readonly slot: number }
  /** setfsgid(2) and setfsuid(2): whom the files belong to that are made from here on. Takes no capability away. */
  | { readonly op: 'set-file-owner'; readonly uid: number; readonly gid: number }
  /** Attaches the mount in `slot` at `target`, which exists, with move_mount(2). */
  | { readonly op: 'move-tree'; readonly slot: number; readonly target: string }
  /** Like `move-tree`, but fails with EPERM where `target` leads into a procfs or to the root. */
  | { readonly op: 'place-tree'; readonly slot: number; readonly target: string }
  /** Makes `target` and what misses on the way to it, following links, also dangling ones; leaves what exists. */
  | {
      readonly op: 'make-target'
      readonly target: string
      readonly directory: boolean
      readonly mode: number
    }
  | { readonly op: 'mkdir'; readonly path: string; readonly mode: number }
  /** `mode` holds the S_IF* type. */
  | {
      readonly op: 'mknod'
      readonly path: string
      readonly mode: number
      readonly major: number
      readonly minor: number
    }
  | { readonly op: 'symlink'; readonly target: string; readonly path: string }
  /** Follows links, such as `/proc/self/fd/1`. */
  | { readonly op: 'chown'; readonly path: string; readonly uid: number; readonly gid: number }
  /** Opens with O_WRONLY | O_TRUNC and, where `create`, O_CREAT with `mode`; one write. */
  | {
      readonly op: 'write-file'
      readonly path: string
      readonly content: Uint8Array
      readonly create: boolean
      readonly mode: number
    }
  /** Creates `path` with what the keeper holds in the file `name`; `keep` of a KeeperConnection. */
  | { readonly op: 'write-held'; readonly path: string; readonly name: string; readonly mode: number }
  /** Makes the link `path`, and its missing folders, in place of another link; leaves what is no link. */
  | { readonly op: 'place-link'; readonly target: string; readonly path: string }
  /** Makes the file `path` anew, and its missing folders, in place of the file or link that is there. */
  | {
      readonly op: 'place-file'
      readonly path: string
      readonly content: Uint8Array
      readonly mode: number
    }
  /** chdir(root), pivot_root(".", "."), umount2(".", MNT_DETACH), chdir("/"). `root` is a mount point. */
  | { readonly op: 'pivot-root'; readonly root: string }
  /** Covers a file with /dev/null and a folder with an empty read-only tmpfs. */
  | { readonly op: 'mask-path'; readonly path: string }
  /** Binds `path` over itself, read-only, submounts included. */
  | { readonly op: 'read-only-path'; readonly path: string }
  /** Sets MOUNT_ATTR_* `attributes` of the mount at `path` alone, e.g. to end with a read-only root. */
  | { readonly op: 'set-mount-attributes'; readonly path: string; readonly attributes: number }
  | { readonly op: 'set-hostname'; readonly name: string }
  | { readonly op: 'set-domainname'; readonly name: string }
  /** `resource` is RLIMIT_*; the largest u64 is RLIM_INFINITY. */
  | { readonly op: 'set-rlimit'; readonly resource: number; readonly soft: bigint; readonly hard: bigint }
  | { readonly op: 'chdir'; readonly path: string }
  | { readonly op: 'umask'; readonly mask: number }
  | { readonly op: 'set-groups'; readonly gids: readonly number[] }
  | { readonly op: 'set-gid'; readonly gid: number }
  | { readonly op: 'set-uid'; readonly uid: number }
  /** prctl(PR_SET_KEEPCAPS, 1): the next set-uid keeps the permitted set. */
  | { readonly op: 'keep-capabilities' }
  /** Drops every capability from the bounding set that is not in the bit mask `keep`. */
  | { readonly op: 'limit-bounding-set'; readonly keep: bigint }
  /** capset(2), then PR_CAP_AMBIENT_RAISE for each bit of `ambient`. */
  | {
      readonly op: 'set-capabilities'
      readonly effective: bigint
      readonly permitted: bigint
      readonly inheritable: bigint
      readonly ambient: bigint
    }
  | { readonly op: 'no-new-privileges' }
  /** seccomp(2), SECCOMP_SET_MODE_FILTER. `filter` is an array of struct sock_filter, 8 bytes each. */
  | { readonly op: 'seccomp'; readonly filter: Uint8Array }
  /** prctl(PR_SET_PDEATHSIG). Cleared by a change of credentials, so it comes after set-uid. */
  | { readonly op: 'parent-death-signal'; readonly signal: number }
  | { readonly op: 'new-session' }
  /**
   * Opens a pseudoterminal at `ptmx` (e.g. `/dev/pts/ptmx`), makes it the controlling terminal and standard streams,
   * gives it to `uid` where not -1, and hands the master to the keeper: a container's goes to its log, an exec's to
   * the client, as a descriptor on the reply. Comes after `new-session`.
   */
  | {
      readonly op: 'open-terminal'
      readonly ptmx: string
      readonly rows: number
      readonly columns: number
      readonly uid: number
    }
  /** `open-terminal` in two parts, for a process that is born in two steps: the second is the process's own. */
  | {
      readonly op: 'make-terminal'
      readonly ptmx: string
      readonly rows: number
      readonly columns: number
      readonly uid: number
    }
  | { readonly op: 'take-terminal' }
  /**
   * Forks: the parent becomes an init (reaps, forwards signals to the child, ends with the child's status), the child
   * continues the program.
   */
  | { readonly op: 'run-init' }
  /**
   * Tries execve(2) on each of `candidates` in turn, continuing after ENOENT, ENOTDIR and EACCES. The last operation.
   */
  | {
      readonly op: 'exec'
      readonly candidates: readonly string[]
      readonly argv: readonly string[]
      readonly environment: readonly string[]
    }

  /**
   * Joins the network namespace that the keeper holds as `name`, or makes one, which the keeper holds from then on, and
   * makes the link `link` to it. Steps that are `ofNewNetwork` are left out where it was there.
   */
  | { readonly op: 'make-network'; readonly name: string; readonly link: string }
  /**
   * Sends `messages` of netlink(7) in one datagram, on a socket of `protocol`: in the network that `make-network` made, or
   * where `outside` in that of the keeper, rtnetlink only. The index of each of `interfaces` is written to its place among
   * the messages first. The descriptor of the namespace is `NETWORK_FD`. The error number `tolerated` is no failure.
   */
  | {
      readonly op: 'netlink'
      readonly outside: boolean
      readonly protocol: number
      readonly tolerated: number
      readonly messages: Uint8Array
      readonly interfaces: readonly string[]
      readonly places: readonly number[]
    }
  /** Writes to a file below /proc/sys/net/ipv6/conf of the keeper's network. */
  | { readonly op: 'write-outside'; readonly path: string; readonly content: Uint8Array }
  /** Binds a socket in the network that `make-network` made, which the keeper then holds; `request` is the payload of HOLD. */
  | { readonly op: 'hold-socket'; readonly request: Uint8Array }
  /** Ends the process with success. In place of `exec`, as the last operation. */
  | { readonly op: 'end' }

export type LaunchOpName = LaunchOp['op']

/** The descriptor of its network namespace in a process that has made one; TC_NETWORK_FD in native/launch.h. */
export const NETWORK_FD = 5

/** Numbers of `tc_op` in native/launch.h. */
export const LAUNCH_OP_CODES: Readonly<Record<LaunchOpName, number>> = {
  'join-namespace': 1,
  'join-target': 2,
  'enter-cgroup': 3,
  unshare: 4,
  mount: 5,
  'open-tree': 6,
  'move-tree': 7,
  'make-target': 8,
  mkdir: 9,
  mknod: 10,
  symlink: 11,
  chown: 12,
  'write-file': 13,
  'pivot-root': 14,
  'mask-path': 15,
  'read-only-path': 16,
  'set-mount-attributes': 17,
  'set-hostname': 18,
  'set-domainname': 19,
  'set-rlimit': 20,
  chdir: 21,
  umask: 22,
  'set-groups': 23,
  'set-gid': 24,
  'set-uid': 25,
  'keep-capabilities': 26,
  'limit-bounding-set': 27,
  'set-capabilities': 28,
  'no-new-privileges': 29,
  seccomp: 30,
  'parent-death-signal': 31,
  'new-session': 32,
  'open-terminal': 33,
  'run-init': 34,
  exec: 35,
  'open-tree-beneath': 36,
  'place-tree': 37,
  'mount-overlay': 38,
  'write-held': 39,
  'place-link': 40,
  'place-file': 41,
  'join-process': 42,
  'open-tree-of': 43,
  'make-terminal': 44,
  'take-terminal': 45,
  'map-tree': 46,
  'make-user-namespace': 47,
  'map-tree-by': 48,
  'enter-user-namespace': 49,
  'set-file-owner': 50,
  'make-network': 51,
  netlink: 52,
  'write-outside': 53,
  'hold-socket': 54,
  end: 55,
  'make-cgroup': 56,
  'write-each': 57,
  'owning-user-namespace': 58,
  'network-owner': 59,
}

/** An operation and what it is for, to explain its failure. */
export interface LaunchStep {
  readonly op: LaunchOp
  /** Completes "Cannot ...", e.g. `mount volume "data" at /var/lib/x`. */
  readonly purpose: string
  /** ENOENT, ENOTDIR and EACCES are no failure. */
  readonly optional: boolean
  /** The model path behind it, e.g. `services.db.volumes.0`. */
  readonly origin: ModelPath | undefined
  /** It is part of making a network, and left out where that is there. @default false */
  readonly ofNewNetwork?: true
}

/** What the keeper is asked to launch; LAUNCH in docs/keeper.md. */
export interface LaunchRequest {
  readonly id: string
  readonly kind: 'container' | 'auxiliary'
  readonly killOnHangup: boolean
  readonly stdinOpen: boolean
  /** CLONE_NEW* flags. */
  readonly cloneFlags: number
  /** Id of a live container to be born in the PID namespace of. */
  readonly join: string | undefined
  /** cgroup v2 folder for CLONE_INTO_CGROUP. */
  readonly cgroup: string | undefined
  readonly stateDir: string | undefined
  readonly logPath: string | undefined
  /** @default the log is one file that grows without end */
  readonly logLimits?: LogLimits | undefined
  readonly program: readonly LaunchStep[]
}
