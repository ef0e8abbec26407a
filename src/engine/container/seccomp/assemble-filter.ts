import { assertNever } from '../../../base/assert-never.ts'
import type { ArgumentTest, SyscallAction } from './default-profile.ts'

/** The tests in order, the first that holds decides; then `otherwise`. */
export interface Verdict {
  readonly tests: readonly { readonly test: ArgumentTest; readonly action: SyscallAction }[]
  readonly otherwise: SyscallAction
}

/** An architecture and what becomes of its call numbers, as ascending ranges from 0. */
export interface FilterArchitecture {
  /** AUDIT_ARCH_*, as struct seccomp_data has it. */
  readonly audit: number
  readonly ranges: readonly { readonly from: number; readonly verdict: Verdict }[]
}

/** struct sock_filter of linux/filter.h. */
interface Instruction {
  readonly code: number
  readonly jumpTrue: number
  readonly jumpFalse: number
  readonly k: number
}

const LOAD_ABSOLUTE = 0x20
const JUMP_ALWAYS = 0x05
const JUMP_EQUAL = 0x15
const JUMP_GREATER_OR_EQUAL = 0x35
const JUMP_BITS = 0x45
const RETURN = 0x06

/** struct seccomp_data: nr at 0, arch at 4, the instruction pointer at 8, six 64-bit arguments from 16. */
const NUMBER_OFFSET = 0
const ARCHITECTURE_OFFSET = 4
const ARGUMENTS_OFFSET = 16

const RETURN_ALLOW = 0x7fff0000
const RETURN_ERRNO = 0x00050000
const RETURN_KILL_PROCESS = 0x80000000

/** BPF_MAXINSNS. */
const MAX_INSTRUCTIONS = 4096
/** The reach of a conditional jump; BPF_JA reaches further. */
const MAX_SHORT_JUMP = 255

/**
 * Assembles a classic BPF program that finds a call's range by a balanced tree of comparisons: the kernel walks the
 * program for every call number of an architecture when it is installed, so the depth counts and not the length. A
 * call of an architecture that is not listed kills the process.
 *
 * @throws {RangeError} If the program is longer than the kernel takes.
 */
export function assembleFilter(architectures: readonly FilterArchitecture[]): Uint8Array {
  const unknown: readonly Instruction[] = [give(RETURN_KILL_PROCESS)]
  const program = [
    load(ARCHITECTURE_OFFSET),
    ...architectures.reduceRight<readonly Instruction[]>(
      (otherwise, { audit, ranges }) =>
        branch(JUMP_EQUAL, audit, { holds: [load(NUMBER_OFFSET), ...rangeTree(ranges)], otherwise }),
      unknown,
    ),
  ]
  if (program.length > MAX_INSTRUCTIONS) {
    throw new RangeError(
      `Cannot assemble the seccomp filter: it has ${program.length} instructions, expected ${MAX_INSTRUCTIONS} at most`,
    )
  }
  return encode(program)
}

function rangeTree(ranges: FilterArchitecture['ranges']): readonly Instruction[] {
  const [first] = ranges
  const middle = ranges[ranges.length >> 1]
  if (first === undefined || middle === undefined) return [give(RETURN_KILL_PROCESS)]
  if (ranges.length === 1) return verdictCode(first.verdict)
  return branch(JUMP_GREATER_OR_EQUAL, middle.from, {
    holds: rangeTree(ranges.slice(ranges.length >> 1)),
    otherwise: rangeTree(ranges.slice(0, ranges.length >> 1)),
  })
}

/** Tests of one call may load different arguments, so each loads its own. */
function verdictCode({ tests, otherwise }: Verdict): readonly Instruction[] {
  return tests.reduceRight<readonly Instruction[]>(
    (rest, { test, action }) => testCode(test, [giveAction(action)], rest),
    [giveAction(otherwise)],
  )
}

function testCode(
  test: ArgumentTest,
  holds: readonly Instruction[],
  otherwise: readonly Instruction[],
): readonly Instruction[] {
  // The low half comes first on the little-endian machines that are supported.
  const argument = load(ARGUMENTS_OFFSET + 8 * test.index)
  switch (test.kind) {
    case 'equal':
      return [argument, ...branch(JUMP_EQUAL, test.value, { holds, otherwise })]
    case 'not-equal':
      return [argument, ...branch(JUMP_EQUAL, test.value, { holds: otherwise, otherwise: holds })]
    case 'no-bits':
      return [argument, ...branch(JUMP_BITS, test.mask, { holds: otherwise, otherwise: holds })]
    default:
      return assertNever(test)
  }
}

interface Branches {
  readonly holds: readonly Instruction[]
  readonly otherwise: readonly Instruction[]
}

function branch(code: number, k: number, { holds, otherwise }: Branches): readonly Instruction[] {
  if (otherwise.length <= MAX_SHORT_JUMP) {
    return [{ code, jumpTrue: otherwise.length, jumpFalse: 0, k }, ...otherwise, ...holds]
  }
  const far: Instruction = { code: JUMP_ALWAYS, jumpTrue: 0, jumpFalse: 0, k: otherwise.length }
  return [{ code, jumpTrue: 0, jumpFalse: 1, k }, far, ...otherwise, ...holds]
}

function load(offset: number): Instruction {
  return { code: LOAD_ABSOLUTE, jumpTrue: 0, jumpFalse: 0, k: offset }
}

function giveAction(action: SyscallAction): Instruction {
  return give(action.kind === 'allow' ? RETURN_ALLOW : RETURN_ERRNO | action.errno)
}

function give(k: number): Instruction {
  return { code: RETURN, jumpTrue: 0, jumpFalse: 0, k }
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [index, { code, jumpTrue, jumpFalse, k }] of program.entries()) {
    view.setUint16(index * 8, code, true)
    view.setUint8(index * 8 + 2, jumpTrue)
    view.setUint8(index * 8 + 3, jumpFalse)
    view.setUint32(index * 8 + 4, k, true)
  }
  return bytes
}
