import { closeSync, openSync } from 'node:fs'
import koffi from 'koffi'
import { checked, libcFunction } from '../libc.ts'

const bpf = libcFunction('long syscall(long number, long command, void *attributes, long size)')

const SYSCALL_BPF = process.arch === 'arm64' ? 280 : 321
const BPF_PROG_LOAD = 5
const BPF_PROG_ATTACH = 8
const BPF_PROG_DETACH = 9
const BPF_PROG_GET_FD_BY_ID = 13
const BPF_PROG_QUERY = 16
const BPF_PROG_TYPE_CGROUP_DEVICE = 15
const BPF_CGROUP_DEVICE = 6
/** Programs of the folders above stay in force, as under systemd. */
const BPF_F_ALLOW_MULTI = 2

/**
 * Makes `program` decide which devices the processes of the v2 cgroup at `folder` may use, in place of what decided
 * before: each program of a cgroup has to agree. The cgroup holds it from then on, and is at no time without one.
 *
 * @throws {SystemCallError} If the kernel refuses it.
 */
export function attachDeviceProgram(folder: string, program: Uint8Array): void {
  const descriptor = loadProgram(program)
  try {
    const target = openSync(folder, 'r')
    try {
      const earlier = attachedPrograms(target, folder)
      attach(target, descriptor, folder)
      for (const id of earlier) detach(target, id, folder)
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(descriptor)
  }
}

/** union bpf_attr of BPF_PROG_LOAD: type, count, instructions, licence; the rest is 0. */
function loadProgram(program: Uint8Array): number {
  const instructions = Buffer.from(program)
  const licence = Buffer.from('Apache-2.0\0')
  const attributes = Buffer.alloc(128)
  attributes.writeUInt32LE(BPF_PROG_TYPE_CGROUP_DEVICE, 0)
  attributes.writeUInt32LE(program.length / 8, 4)
  attributes.writeBigUInt64LE(BigInt(koffi.address(instructions)), 8)
  attributes.writeBigUInt64LE(BigInt(koffi.address(licence)), 16)
  return checked(bpf(SYSCALL_BPF, BPF_PROG_LOAD, attributes, attributes.length), 'bpf', 'device program')
}

function attach(target: number, program: number, folder: string): void {
  const attributes = Buffer.alloc(128)
  attributes.writeUInt32LE(target, 0)
  attributes.writeUInt32LE(program, 4)
  attributes.writeUInt32LE(BPF_CGROUP_DEVICE, 8)
  attributes.writeUInt32LE(BPF_F_ALLOW_MULTI, 12)
  checked(bpf(SYSCALL_BPF, BPF_PROG_ATTACH, attributes, attributes.length), 'bpf', folder)
}

/** More than ever were in one cgroup of ours. */
const MOST_PROGRAMS = 16

/** Returns the ids of the programs of the cgroup itself. */
function attachedPrograms(target: number, folder: string): readonly number[] {
  const ids = Buffer.alloc(MOST_PROGRAMS * 4)
  const attributes = Buffer.alloc(128)
  attributes.writeUInt32LE(target, 0)
  attributes.writeUInt32LE(BPF_CGROUP_DEVICE, 4)
  attributes.writeBigUInt64LE(BigInt(koffi.address(ids)), 16)
  attributes.writeUInt32LE(MOST_PROGRAMS, 24)
  checked(bpf(SYSCALL_BPF, BPF_PROG_QUERY, attributes, attributes.length), 'bpf', folder)
  const count = attributes.readUInt32LE(24)
  return Array.from({ length: count }, (_, index) => ids.readUInt32LE(index * 4))
}

function detach(target: number, id: number, folder: string): void {
  const wanted = Buffer.alloc(128)
  wanted.writeUInt32LE(id, 0)
  const program = checked(bpf(SYSCALL_BPF, BPF_PROG_GET_FD_BY_ID, wanted, wanted.length), 'bpf', folder)
  try {
    const attributes = Buffer.alloc(128)
    attributes.writeUInt32LE(target, 0)
    attributes.writeUInt32LE(program, 4)
    attributes.writeUInt32LE(BPF_CGROUP_DEVICE, 8)
    checked(bpf(SYSCALL_BPF, BPF_PROG_DETACH, attributes, attributes.length), 'bpf', folder)
  } finally {
    closeSync(program)
  }
}
