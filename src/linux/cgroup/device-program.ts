import type { DeviceRule } from '../../model/device-rule.ts'

/** struct bpf_insn of linux/bpf.h: one byte of code, the registers, a signed offset, a signed immediate. */
interface Instruction {
  readonly code: number
  readonly destination: number
  readonly source: number
  readonly offset: number
  readonly immediate: number
}

const LOAD_WORD = 0x61
const AND_IMMEDIATE = 0x54
const SHIFT_RIGHT = 0x74
const MOVE_REGISTER = 0xbc
const MOVE_IMMEDIATE = 0xb7
const JUMP_NOT_EQUAL = 0x55
const JUMP_NOT_EQUAL_REGISTER = 0x5d
const EXIT = 0x95

/** Registers: the verdict, the context and later scratch, then what the context holds. */
const RESULT = 0
const CONTEXT = 1
const SCRATCH = 1
const TYPE = 2
const ACCESS = 3
const MAJOR = 4
const MINOR = 5

/** BPF_DEVCG_DEV_* and BPF_DEVCG_ACC_*. */
const DEVICE_TYPES = { block: 1, character: 2 } as const
const ACCESS_BITS: ReadonlyMap<string, number> = new Map([
  ['m', 1],
  ['r', 2],
  ['w', 4],
])
const ALL_ACCESS = 7

/**
 * Returns an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE, an array of struct bpf_insn, that allows what one of
 * `rules` allows and nothing else. Its context is struct bpf_cgroup_dev_ctx: access in the high and type in the low
 * half of the first word, then major and minor.
 */
export function deviceProgram(rules: readonly DeviceRule[]): Uint8Array {
  return encode([
    { code: LOAD_WORD, destination: TYPE, source: CONTEXT, offset: 0, immediate: 0 },
    { code: MOVE_REGISTER, destination: ACCESS, source: TYPE, offset: 0, immediate: 0 },
    withImmediate(AND_IMMEDIATE, TYPE, 0xffff),
    withImmediate(SHIFT_RIGHT, ACCESS, 16),
    { code: LOAD_WORD, destination: MAJOR, source: CONTEXT, offset: 4, immediate: 0 },
    { code: LOAD_WORD, destination: MINOR, source: CONTEXT, offset: 8, immediate: 0 },
    ...rules.flatMap(ruleCode),
    withImmediate(MOVE_IMMEDIATE, RESULT, 0),
    withImmediate(EXIT, 0, 0),
  ])
}

/** Leaves for the next rule at the first field that differs; jumps count from the following instruction. */
function ruleCode({ kind, major, minor, access }: DeviceRule): readonly Instruction[] {
  const allowed = [...access].reduce((bits, letter) => bits | (ACCESS_BITS.get(letter) ?? 0), 0)
  const tests: readonly Instruction[] = [
    withImmediate(JUMP_NOT_EQUAL, TYPE, DEVICE_TYPES[kind]),
    ...(allowed === ALL_ACCESS
      ? []
      : [
          { code: MOVE_REGISTER, destination: SCRATCH, source: ACCESS, offset: 0, immediate: 0 },
          withImmediate(AND_IMMEDIATE, SCRATCH, allowed),
          { code: JUMP_NOT_EQUAL_REGISTER, destination: SCRATCH, source: ACCESS, offset: 0, immediate: 0 },
        ]),
    ...(major === undefined ? [] : [withImmediate(JUMP_NOT_EQUAL, MAJOR, major)]),
    ...(minor === undefined ? [] : [withImmediate(JUMP_NOT_EQUAL, MINOR, minor)]),
  ]
  const allow = [withImmediate(MOVE_IMMEDIATE, RESULT, 1), withImmediate(EXIT, 0, 0)]
  return [
    ...tests.map((test, index) =>
      isJump(test) ? { ...test, offset: tests.length - index - 1 + allow.length } : test,
    ),
    ...allow,
  ]
}

function isJump({ code }: Instruction): boolean {
  return code === JUMP_NOT_EQUAL || code === JUMP_NOT_EQUAL_REGISTER
}

function withImmediate(code: number, destination: number, immediate: number): Instruction {
  return { code, destination, source: 0, offset: 0, immediate }
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [index, { code, destination, source, offset, immediate }] of program.entries()) {
    view.setUint8(index * 8, code)
    view.setUint8(index * 8 + 1, destination | (source << 4))
    view.setInt16(index * 8 + 2, offset, true)
    view.setInt32(index * 8 + 4, immediate, true)
  }
  return bytes
}
