import { assertNever } from '../../base/assert-never.ts'
import type { ArgumentTest, SyscallAction } from './default-profile.ts'

/** The tests in order, the first that holds decides; then `otherwise`. */
export interface SyscallDecision {
  readonly tests: readonly { readonly test: ArgumentTest; readonly action: SyscallAction }[]
  readonly otherwise: SyscallAction
}

/** An architecture and what becomes of its call numbers, as ascending ranges from 0. */
export interface FilterArchitecture {
  /** AUDIT_ARCH_*, as struct seccomp_data has it. */
  readonly audit: number
  readonly ranges: readonly { readonly from: number; readonly decision: SyscallDecision }[]
}

const LOAD_ABSOLUTE = 0x20
const JUMP_ALWAYS = 0x05
const JUMP_EQUAL = 0x15
const JUMP_GREATER = 0x25
const JUMP_GREATER_OR_EQUAL = 0x35
const JUMP_BITS = 0x45
const AND = 0x54
const RETURN = 0x06

/** struct seccomp_data: nr at 0, arch at 4, the instruction pointer at 8, six 64-bit arguments from 16. */
const NUMBER_OFFSET = 0
const ARCHITECTURE_OFFSET = 4
const ARGUMENTS_OFFSET = 16

/** SECCOMP_RET_* of linux/seccomp.h. */
const RETURN_ALLOW = 0x7fff0000
const RETURN_ERRNO = 0x00050000
const RETURN_KILL_PROCESS = 0x80000000
const RETURN_KILL_THREAD = 0
const RETURN_LOG = 0x7ffc0000
const RETURN_TRACE = 0x7ff00000
const RETURN_TRAP = 0x00030000

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
  const program = new ReversedProgram()
  program.emit(RETURN, RETURN_KILL_PROCESS)
  for (const { audit, ranges } of architectures.toReversed()) {
    // What is emitted so far is the way of the other architectures, so the tree goes before it.
    const others = program.length
    emitRanges(program, ranges, { from: 0, to: ranges.length })
    program.emit(LOAD_ABSOLUTE, NUMBER_OFFSET)
    program.emitBranch(JUMP_EQUAL, audit, { holds: 0, otherwise: program.length - others })
  }
  program.emit(LOAD_ABSOLUTE, ARCHITECTURE_OFFSET)
  if (program.length > MAX_INSTRUCTIONS) {
    throw new RangeError(
      `Cannot assemble the seccomp filter: it has ${program.length} instructions, expected ${MAX_INSTRUCTIONS} at most`,
    )
  }
  return program.toBytes()
}

/**
 * A program that grows at its front: jumps only lead forward, so their targets are there before they are. Distances
 * are counts of instructions between a jump and its target.
 */
class ReversedProgram {
  /** Pairs of code with jumps, and operand; the last instruction first. */
  readonly #words: number[] = []

  get length(): number {
    return this.#words.length / 2
  }

  emit(code: number, operand: number): void {
    this.#words.push(code, operand)
  }

  /** Emits a comparison; of its two distances at least one is 0. */
  emitBranch(code: number, operand: number, distance: { holds: number; otherwise: number }): void {
    const { holds, otherwise } = distance
    const far = Math.max(holds, otherwise)
    if (far <= MAX_SHORT_JUMP) {
      this.emit(code | (holds << 16) | (otherwise << 24), operand)
      return
    }
    this.emit(JUMP_ALWAYS, far)
    this.emit(code | (holds > 0 ? 0 : 1 << 16) | (otherwise > 0 ? 0 : 1 << 24), operand)
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.length * 8)
    const view = new DataView(bytes.buffer)
    for (let index = 0; index < this.length; index++) {
      const at = (this.length - index - 1) * 8
      view.setUint32(at, this.#words[index * 2] ?? 0, true)
      view.setUint32(at + 4, this.#words[index * 2 + 1] ?? 0, true)
    }
    return bytes
  }
}

/** Emits the tree for the ranges from `from` up to `to`, the upper half behind the lower one. */
function emitRanges(
  program: ReversedProgram,
  ranges: FilterArchitecture['ranges'],
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const first = ranges[from]
  if (first === undefined)
    throw new RangeError('Cannot assemble the seccomp filter: an architecture has no ranges')
  if (to - from === 1) {
    emitDecision(program, first.decision)
    return
  }
  const middle = (from + to) >> 1
  emitRanges(program, ranges, { from: middle, to })
  const upper = program.length
  emitRanges(program, ranges, { from, to: middle })
  const holds = program.length - upper
  program.emitBranch(JUMP_GREATER_OR_EQUAL, ranges[middle]?.from ?? 0, { holds, otherwise: 0 })
}

/** Tests of one call may load different arguments, so each loads its own. */
function emitDecision(program: ReversedProgram, { tests, otherwise }: SyscallDecision): void {
  emitAction(program, otherwise)
  for (const { test, action } of tests.toReversed()) {
    const failed = program.length
    emitAction(program, action)
    emitTest(program, test, failed)
  }
}

/**
 * What follows the test is for the case that it holds; if not, the program goes on where it was `failed` instructions
 * long.
 */
function emitTest(program: ReversedProgram, test: ArgumentTest, failed: number): void {
  const toFailed = program.length - failed
  switch (test.kind) {
    case 'all':
      for (const one of test.tests.toReversed()) emitTest(program, one, failed)
      return
    case 'compare':
      emitComparison(program, test, failed)
      return
    case 'equal':
      program.emitBranch(JUMP_EQUAL, test.value, { holds: 0, otherwise: toFailed })
      break
    case 'not-equal':
      program.emitBranch(JUMP_EQUAL, test.value, { holds: toFailed, otherwise: 0 })
      break
    case 'no-bits':
      program.emitBranch(JUMP_BITS, test.mask, { holds: toFailed, otherwise: 0 })
      break
    default:
      assertNever(test)
  }
  // The low half comes first on the little-endian machines that are supported.
  program.emit(LOAD_ABSOLUTE, ARGUMENTS_OFFSET + 8 * test.index)
}

/** A register has 32 bits, so the high half decides first, and the low one where the high ones are equal. */
function emitComparison(
  program: ReversedProgram,
  { index, op, value, valueTwo }: Extract<ArgumentTest, { kind: 'compare' }>,
  failed: number,
): void {
  const holds = program.length
  const at = ARGUMENTS_OFFSET + 8 * index
  const wanted = op === 'SCMP_CMP_MASKED_EQ' ? valueTwo : value
  const [low, high] = [Number(wanted & LOW_HALF), Number(wanted >> 32n)]
  const load = (half: 'low' | 'high'): void => {
    if (op === 'SCMP_CMP_MASKED_EQ')
      program.emit(AND, Number(half === 'low' ? value & LOW_HALF : value >> 32n))
    program.emit(LOAD_ABSOLUTE, half === 'low' ? at : at + 4)
  }
  switch (op) {
    case 'SCMP_CMP_EQ':
    case 'SCMP_CMP_MASKED_EQ':
      program.emitBranch(JUMP_EQUAL, low, { holds: 0, otherwise: program.length - failed })
      load('low')
      program.emitBranch(JUMP_EQUAL, high, { holds: 0, otherwise: program.length - failed })
      break
    case 'SCMP_CMP_NE':
      program.emitBranch(JUMP_EQUAL, low, { holds: program.length - failed, otherwise: 0 })
      load('low')
      program.emitBranch(JUMP_EQUAL, high, { holds: 0, otherwise: program.length - holds })
      break
    case 'SCMP_CMP_GT':
    case 'SCMP_CMP_GE': {
      const jump = op === 'SCMP_CMP_GT' ? JUMP_GREATER : JUMP_GREATER_OR_EQUAL
      program.emitBranch(jump, low, { holds: 0, otherwise: program.length - failed })
      load('low')
      program.emitBranch(JUMP_EQUAL, high, { holds: 0, otherwise: program.length - failed })
      program.emitBranch(JUMP_GREATER, high, { holds: program.length - holds, otherwise: 0 })
      break
    }
    case 'SCMP_CMP_LT':
    case 'SCMP_CMP_LE': {
      const jump = op === 'SCMP_CMP_LE' ? JUMP_GREATER : JUMP_GREATER_OR_EQUAL
      program.emitBranch(jump, low, { holds: program.length - failed, otherwise: 0 })
      load('low')
      program.emitBranch(JUMP_EQUAL, high, { holds: 0, otherwise: program.length - holds })
      program.emitBranch(JUMP_GREATER, high, { holds: program.length - failed, otherwise: 0 })
      break
    }
    default:
      assertNever(op)
  }
  load('high')
}

const LOW_HALF = 0xffffffffn

function emitAction(program: ReversedProgram, action: SyscallAction): void {
  program.emit(RETURN, returnOf(action))
}

function returnOf(action: SyscallAction): number {
  switch (action.kind) {
    case 'allow':
      return RETURN_ALLOW
    case 'errno':
      return RETURN_ERRNO | action.errno
    case 'trace':
      return RETURN_TRACE | action.message
    case 'kill-process':
      return RETURN_KILL_PROCESS
    case 'kill-thread':
      return RETURN_KILL_THREAD
    case 'log':
      return RETURN_LOG
    case 'trap':
      return RETURN_TRAP
    default:
      return assertNever(action)
  }
}
