import type { SeccompOperator } from '../../model/seccomp-profile.ts'
import type { CapabilityName } from '../capabilities.ts'
import type { Abi } from './syscall-numbers.ts'

/** What becomes of a system call. The first rule for a call whose comparison holds decides. */
export type SyscallAction =
  | { readonly kind: 'allow' | 'kill-process' | 'kill-thread' | 'log' | 'trap' }
  | { readonly kind: 'errno'; readonly errno: number }
  /** Asks a tracer; without one the call fails with ENOSYS. */
  | { readonly kind: 'trace'; readonly message: number }

/**
 * A comparison of argument `index`. Those of the default profile are of the low 32 bits: the calls that it filters by
 * argument take C ints there, of which the kernel ignores the high half, so comparing it would let a caller slip past.
 */
export type ArgumentTest =
  /** All 64 bits, as libseccomp compares them. */
  | {
      readonly kind: 'compare'
      readonly index: number
      readonly op: SeccompOperator
      readonly value: bigint
      /** With SCMP_CMP_MASKED_EQ the result, and `value` the mask. */
      readonly valueTwo: bigint
    }
  | { readonly kind: 'all'; readonly tests: readonly ArgumentTest[] }
  | { readonly kind: 'equal'; readonly index: number; readonly value: number }
  | { readonly kind: 'not-equal'; readonly index: number; readonly value: number }
  /** None of the bits of `mask` is set. */
  | { readonly kind: 'no-bits'; readonly index: number; readonly mask: number }

/** What becomes of some calls, under conditions. A call that no rule names is denied. */
export interface SyscallRule {
  readonly names: readonly string[]
  readonly action: SyscallAction
  readonly test?: ArgumentTest
  /** Applies only where the container may have this capability. */
  readonly withCapability?: CapabilityName
  /** Applies only where it may not. */
  readonly withoutCapability?: CapabilityName
  readonly abis?: readonly Abi[]
}

/** A whole policy for system calls. */
export interface SeccompProfile {
  /**
   * What becomes of a known call that no rule names. Calls newer than the tables get ENOSYS, so that libc falls back, unless
   * this lets calls through.
   */
  readonly defaultAction: SyscallAction
  /** The ways to call the kernel; another one is killed. @default all of the machine */
  readonly abis?: readonly Abi[]
  readonly rules: readonly SyscallRule[]
}

const EPERM = 1
const ENOSYS = 38
const AF_VSOCK = 40
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const CLONE_NAMESPACES = 0x7e020000
/** PER_LINUX, PER_LINUX32, both with UNAME26, and the query that changes nothing. */
const PERSONALITIES = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff]

const ALLOW: SyscallAction = { kind: 'allow' }

const ALWAYS = `
  _llseek _newselect accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod
  chown chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
  clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range
  creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2
  epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2
  fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32
  fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat
  fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64
  futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents
  getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer
  getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid
  getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32
  getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel
  io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get
  ioprio_set ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32
  lgetxattr link linkat listen listxattr listxattrat llistxattr lremovexattr lseek lsetxattr lstat
  lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod
  mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open mq_timedreceive
  mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv
  msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open openat openat2
  pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll
  ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease process_vm_readv
  process_vm_writev pselect6 pselect6_time64 ptrace pwrite64 pwritev pwritev2 read readahead readlink
  readlinkat readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr
  removexattrat rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending
  rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64
  rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr
  sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64
  sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl
  semget semop semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto
  set_robust_list set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid
  setgid32 setgroups setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid
  setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32
  setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask
  sigreturn socketcall socketpair splice stat stat64 statfs statfs64 statx symlink symlinkat sync
  sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun
  timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
  timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask
  uname unlink unlinkat utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid
  write writev
`

/** Docker's default profile: what ordinary programs need, and more for capabilities that were granted. */
export const DEFAULT_PROFILE: SeccompProfile = {
  defaultAction: { kind: 'errno', errno: EPERM },
  rules: [
    allow(ALWAYS),
    { ...allow('socket'), test: { kind: 'not-equal', index: 0, value: AF_VSOCK } },
    ...PERSONALITIES.map(
      (value): SyscallRule => ({ ...allow('personality'), test: { kind: 'equal', index: 0, value } }),
    ),
    {
      ...allow('arm_fadvise64_64 breakpoint cacheflush set_tls sync_file_range2'),
      abis: ['aarch64', 'arm'],
    },
    { ...allow('arch_prctl'), abis: ['x86_64', 'x32'] },
    { ...allow('modify_ldt'), abis: ['x86_64', 'x32', 'x86'] },
    { ...allow('open_by_handle_at'), withCapability: 'DAC_READ_SEARCH' },
    {
      ...allow(`
        bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick listmount lookup_dcookie lsm_get_self_attr
        lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl
        quotactl_fd setdomainname sethostname setns statmount syslog umount umount2 unshare
      `),
      withCapability: 'SYS_ADMIN',
    },
    {
      ...allow('clone'),
      test: { kind: 'no-bits', index: 0, mask: CLONE_NAMESPACES },
      withoutCapability: 'SYS_ADMIN',
    },
    // The flags of clone3 lie in memory, where a filter cannot look; libc falls back to clone.
    { names: ['clone3'], action: { kind: 'errno', errno: ENOSYS }, withoutCapability: 'SYS_ADMIN' },
    { ...allow('reboot'), withCapability: 'SYS_BOOT' },
    { ...allow('chroot'), withCapability: 'SYS_CHROOT' },
    { ...allow('delete_module finit_module init_module'), withCapability: 'SYS_MODULE' },
    { ...allow('acct'), withCapability: 'SYS_PACCT' },
    { ...allow('kcmp pidfd_getfd process_madvise'), withCapability: 'SYS_PTRACE' },
    { ...allow('ioperm iopl'), withCapability: 'SYS_RAWIO' },
    { ...allow('clock_settime clock_settime64 settimeofday stime'), withCapability: 'SYS_TIME' },
    { ...allow('vhangup'), withCapability: 'SYS_TTY_CONFIG' },
    {
      ...allow('get_mempolicy mbind set_mempolicy set_mempolicy_home_node'),
      withCapability: 'SYS_NICE',
    },
    { ...allow('syslog'), withCapability: 'SYSLOG' },
    { ...allow('bpf'), withCapability: 'BPF' },
    { ...allow('perf_event_open'), withCapability: 'PERFMON' },
  ],
}

function allow(names: string): SyscallRule {
  return { names: names.trim().split(/\s+/), action: ALLOW }
}
