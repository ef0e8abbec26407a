/** A policy for system calls as a file has it, in Docker's format; what it asks of the machine is not decided yet. */
export interface SeccompProfileFile {
  readonly defaultAction: SeccompActionName
  readonly defaultErrnoRet?: number
  /** E.g. `SCMP_ARCH_X86_64`. */
  readonly architectures: readonly string[]
  /** For each native architecture, which others go with it. */
  readonly archMap: readonly SeccompArchitectures[]
  readonly syscalls: readonly SeccompFileRule[]
}

export interface SeccompArchitectures {
  readonly architecture: string
  readonly subArchitectures: readonly string[]
}

export interface SeccompFileRule {
  readonly names: readonly string[]
  readonly action: SeccompActionName
  readonly errnoRet?: number
  readonly args: readonly SeccompFileArgument[]
  /** All of these have to hold. */
  readonly includes: SeccompCondition
  /** Each of these keeps the rule out. */
  readonly excludes: SeccompCondition
}

/** Values are decimal texts: they have 64 bits. */
export interface SeccompFileArgument {
  readonly index: number
  readonly value: string
  readonly valueTwo: string
  readonly op: SeccompOperator
}

/** Capabilities begin with `CAP_`; architectures are named as by Go, e.g. `amd64`; `minKernel` is e.g. `4.8`. */
export interface SeccompCondition {
  readonly caps: readonly string[]
  readonly arches: readonly string[]
  readonly minKernel?: string
}

/** What becomes of a call; SCMP_ACT_NOTIFY, which needs an agent, is none of them. */
export const SECCOMP_ACTIONS = [
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_TRAP',
] as const

export type SeccompActionName = (typeof SECCOMP_ACTIONS)[number]

/** How an argument is compared; with SCMP_CMP_MASKED_EQ `value` is the mask and `valueTwo` the result. */
export const SECCOMP_OPERATORS = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
] as const

export type SeccompOperator = (typeof SECCOMP_OPERATORS)[number]
