import type { DeviceRule } from '../../src/model/device-rule.ts'

/** One struct bpf_insn, taken apart. */
interface Instruction {
  readonly destination: number
  readonly source: number
  readonly offset: number
  readonly immediate: number
}

interface Machine {
  readonly registers: number[]
  /** struct bpf_cgroup_dev_ctx. */
  readonly context: readonly number[]
}

/** Codes to effects; an effect returns how many instructions to skip. */
const EFFECTS: ReadonlyMap<number, (machine: Machine, instruction: Instruction) => number> = new Map([
  [0x61, set(({ context }, { offset }) => context[offset / 4] ?? 0)],
  [0xbc, set(({ registers }, { source }) => registers[source] ?? 0)],
  [0xb7, set((_, { immediate }) => immediate)],
  [0x54, set(({ registers }, { destination, immediate }) => (registers[destination] ?? 0) & immediate)],
  [0x74, set(({ registers }, { destination, immediate }) => (registers[destination] ?? 0) >>> immediate)],
  [0x55, skip(({ registers }, { destination, immediate }) => registers[destination] !== immediate)],
  [0x5d, skip(({ registers }, { destination, source }) => registers[destination] !== registers[source])],
])
const EXIT = 0x95
const ACCESS_BITS = { m: 1, r: 2, w: 4 }

/** An access to one device, `major` and `minor` given. */
export type DeviceAccess = DeviceRule & { readonly major: number; readonly minor: number }

/** Runs a BPF_PROG_TYPE_CGROUP_DEVICE program and returns its verdict. Supports the codes that ours use. */
export function runDeviceProgram(program: Uint8Array, { kind, major, minor, access }: DeviceAccess): number {
  const bits = Object.entries(ACCESS_BITS).filter(([letter]) => access.includes(letter))
  const type = bits.reduce((sum, [, bit]) => sum | (bit << 16), kind === 'block' ? 1 : 2)
  const machine: Machine = { registers: new Array<number>(10).fill(0), context: [type, major, minor] }
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength)
  for (let at = 0; at * 8 < program.length; at++) {
    const opcode = code.getUint8(at * 8)
    if (opcode === EXIT) return machine.registers[0] ?? 0
    const effect = EFFECTS.get(opcode)
    if (effect === undefined) throw new Error(`Cannot run instruction ${at}: unknown code ${opcode}`)
    at += effect(machine, decode(code, at * 8))
  }
  throw new Error('Cannot run the program: it ends without a verdict')
}

function decode(code: DataView, at: number): Instruction {
  const registers = code.getUint8(at + 1)
  return {
    destination: registers & 15,
    source: registers >> 4,
    offset: code.getInt16(at + 2, true),
    immediate: code.getInt32(at + 4, true),
  }
}

function set(value: (machine: Machine, instruction: Instruction) => number) {
  return (machine: Machine, instruction: Instruction): number => {
    machine.registers[instruction.destination] = value(machine, instruction)
    return 0
  }
}

function skip(holds: (machine: Machine, instruction: Instruction) => boolean) {
  return (machine: Machine, instruction: Instruction): number =>
    holds(machine, instruction) ? instruction.offset : 0
}
