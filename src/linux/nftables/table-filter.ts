import { constants } from 'node:os'
import koffi from 'koffi'
import { lastErrno, libcFunction, SystemCallError } from '../libc.ts'

/** Tables whose changes are of no interest: those whose name starts with `prefix`, but for `own`. */
export interface IgnoredTables {
  /** Of 8 bytes. */
  readonly prefix: string
  /** Starts with the prefix too. */
  readonly own: string
}

const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
/** Messages of a datagram that are looked at; a kernel with a small net.core.optmem_max has no room for many. */
const MOST_MESSAGES: readonly number[] = [40, 12]

let setsockopt: ReturnType<typeof libcFunction> | undefined

/**
 * Has the kernel drop the datagrams of a socket of nfnetlink all of whose messages are about tables to ignore, so that they do not
 * make it readable. What is not recognized is delivered, and everything if the kernel takes no filter.
 *
 * @throws {SystemCallError} If `fd` is no socket.
 */
export function ignoreTables(fd: number, ignored: IgnoredTables): void {
  setsockopt ??= libcFunction('int setsockopt(int fd, int level, int name, void *value, unsigned int length)')
  for (const most of MOST_MESSAGES) {
    const program = assemble(ignored, most)
    // struct sock_fprog: the number of instructions, and their address behind padding.
    const filter = Buffer.alloc(16)
    filter.writeUInt16LE(program.length / INSTRUCTION_BYTES, 0)
    filter.writeBigUInt64LE(BigInt(koffi.address(program)), 8)
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, filter.length) === 0) return
    if (lastErrno() !== constants.errno.ENOMEM)
      throw new SystemCallError('setsockopt', lastErrno(), 'SO_ATTACH_FILTER')
  }
}

const INSTRUCTION_BYTES = 8

/** Codes of linux/filter.h. X is the offset of a message; loads are big-endian, fields of netlink little-endian. */
const LOAD_LENGTH = 0x80
const LOAD_WORD = 0x40
const LOAD_HALF = 0x48
const LOAD_BYTE = 0x50
const LOAD_X = 0x61
const SET_X = 0x07
const STORE = 0x02
const STORE_X = 0x03
const ADD = 0x04
const ADD_X = 0x0c
const SUBTRACT_X = 0x1c
const OR_X = 0x4c
const AND = 0x54
const SHIFT_LEFT = 0x64
const JUMP_EQUAL = 0x15
const JUMP_GREATER_OR_EQUAL = 0x35
const RETURN = 0x06

const DROP = 0
const DELIVER = 0xffffffff

/** Offsets in struct nlmsghdr, and in the attribute behind it and struct nfgenmsg: the name of the table. */
const TYPE = 4
const ATTRIBUTE = 20
const NAME = 24
const SHORTEST_MESSAGE = 36
/** NFNL_SUBSYS_NFTABLES, and NFT_MSG_NEWGEN of it, which ends each change and has no table. */
const NFTABLES = 10
const NEW_GENERATION = (15 << 8) | NFTABLES
const NAME_ATTRIBUTE = 1 << 8
/** The project's part of a name starts here. */
const TELLING_OFFSET = 16

/** Where a comparison leads: to the next instruction, to the next message, or out of the program. */
type Way = 'on' | 'next' | 'deliver' | 'drop'

interface Instruction {
  readonly code: number
  readonly value: number
  /** @default 'on', of both */
  readonly holds?: Way
  readonly otherwise?: Way
}

function assemble(ignored: IgnoredTables, most: number): Buffer {
  const message = Array.from({ length: most }, () => lookAtMessage(ignored)).flat()
  const program = [...message, { code: RETURN, value: DELIVER }]
  const code = Buffer.alloc(program.length * INSTRUCTION_BYTES)
  for (const [index, { code: operation, value, holds = 0, otherwise = 0 }] of program.entries()) {
    const at = index * INSTRUCTION_BYTES
    code.writeUInt16LE(operation, at)
    code.writeUInt8(holds, at + 2)
    code.writeUInt8(otherwise, at + 3)
    code.writeUInt32LE(value, at + 4)
  }
  return code
}

/** X is 0 at first. Returns instructions whose jumps lead forward, to the end of them at the farthest. */
function lookAtMessage(ignored: IgnoredTables): readonly LinkedInstruction[] {
  const tests = testsOf(ignored)
  const exits: Instruction[] = [
    { code: RETURN, value: DELIVER },
    { code: RETURN, value: DROP },
  ]
  const places = { deliver: tests.length, drop: tests.length + 1, next: tests.length + 2 }
  return [...tests, ...exits, ...TO_NEXT_MESSAGE].map(({ code, value, holds, otherwise }, index) => {
    const distance = (way: Way = 'on') => (way === 'on' ? 0 : places[way] - index - 1)
    return { code, value, holds: distance(holds), otherwise: distance(otherwise) }
  })
}

interface LinkedInstruction {
  readonly code: number
  readonly value: number
  readonly holds?: number
  readonly otherwise?: number
}

function testsOf({ prefix, own }: IgnoredTables): readonly Instruction[] {
  const name = Buffer.from(`${own}\0`)
  const padded = Buffer.concat([name, Buffer.alloc((4 - (name.length % 4)) % 4)])
  const ownAttribute = (((4 + name.length) << 24) | NAME_ATTRIBUTE) >>> 0
  const prefixBytes = Buffer.from(prefix)
  // Two words tell most others from a name of the same length; what is taken for it is delivered.
  const telling = [padded.length - 4, Math.min(TELLING_OFFSET, padded.length - 4)]
  return [
    { code: LOAD_LENGTH, value: 0 },
    { code: SUBTRACT_X, value: 0 },
    { code: JUMP_EQUAL, value: 0, holds: 'drop' },
    { code: JUMP_GREATER_OR_EQUAL, value: SHORTEST_MESSAGE, otherwise: 'deliver' },
    { code: LOAD_HALF, value: TYPE },
    { code: JUMP_EQUAL, value: NEW_GENERATION, holds: 'next' },
    { code: AND, value: 0xff },
    { code: JUMP_EQUAL, value: NFTABLES, otherwise: 'deliver' },
    { code: LOAD_WORD, value: ATTRIBUTE },
    { code: AND, value: 0xffff },
    { code: JUMP_EQUAL, value: NAME_ATTRIBUTE, otherwise: 'deliver' },
    ...[0, 4].flatMap((at): readonly Instruction[] => [
      { code: LOAD_WORD, value: NAME + at },
      { code: JUMP_EQUAL, value: prefixBytes.readUInt32BE(at), otherwise: 'deliver' },
    ]),
    { code: LOAD_WORD, value: ATTRIBUTE },
    { code: JUMP_EQUAL, value: ownAttribute, otherwise: 'next' },
    ...telling.flatMap((at): readonly Instruction[] => [
      { code: LOAD_WORD, value: NAME + at },
      { code: JUMP_EQUAL, value: padded.readUInt32BE(at), otherwise: 'next' },
    ]),
  ]
}

/** Adds the length of the message to X, rounded up to 4 bytes; the slots of memory 0 and 1 are used. */
const TO_NEXT_MESSAGE: readonly Instruction[] = [
  { code: STORE_X, value: 1 },
  { code: LOAD_BYTE, value: 1 },
  { code: SHIFT_LEFT, value: 8 },
  { code: STORE, value: 0 },
  { code: LOAD_BYTE, value: 0 },
  { code: LOAD_X, value: 0 },
  { code: OR_X, value: 0 },
  { code: ADD, value: 3 },
  { code: AND, value: 0xfffffffc },
  { code: LOAD_X, value: 1 },
  { code: ADD_X, value: 0 },
  { code: SET_X, value: 0 },
]
