import { WireWriter } from '../keeper/wire-writer.ts'
import { LAUNCH_OP_CODES, type LaunchOp, type LaunchOpName, type LaunchStep } from './launch-op.ts'

/** s = text that ends in NUL, u = u32, q = u64, b = bytes, l = list of s, g = list of u32; TC_OPS in native/launch.h. */
export type FieldKind = 's' | 'u' | 'q' | 'b' | 'l' | 'g'

type FieldTable = {
  readonly [Name in LaunchOpName]: Readonly<
    Record<Exclude<keyof Extract<LaunchOp, { op: Name }>, 'op'>, FieldKind>
  >
}

/** The fields of every operation, in the order of its payload. */
export const LAUNCH_OP_FIELDS: FieldTable = {
  'join-namespace': { path: 's', namespace: 'u' },
  'join-target': { namespaces: 'u' },
  'enter-cgroup': { file: 's' },
  unshare: { namespaces: 'u' },
  mount: { source: 's', target: 's', type: 's', flags: 'u', data: 's' },
  'open-tree': { slot: 'u', source: 's', recursive: 'u', attributes: 'q', propagation: 'u' },
  'move-tree': { slot: 'u', target: 's' },
  'make-target': { target: 's', directory: 'u', mode: 'u' },
  mkdir: { path: 's', mode: 'u' },
  mknod: { path: 's', mode: 'u', major: 'u', minor: 'u' },
  symlink: { target: 's', path: 's' },
  chown: { path: 's', uid: 'u', gid: 'u' },
  'write-file': { path: 's', content: 'b', create: 'u', mode: 'u' },
  'pivot-root': { root: 's' },
  'mask-path': { path: 's' },
  'read-only-path': { path: 's' },
  'set-mount-attributes': { path: 's', attributes: 'q' },
  'set-hostname': { name: 's' },
  'set-domainname': { name: 's' },
  'set-rlimit': { resource: 'u', soft: 'q', hard: 'q' },
  chdir: { path: 's' },
  umask: { mask: 'u' },
  'set-groups': { gids: 'g' },
  'set-gid': { gid: 'u' },
  'set-uid': { uid: 'u' },
  'keep-capabilities': {},
  'limit-bounding-set': { keep: 'q' },
  'set-capabilities': { effective: 'q', permitted: 'q', inheritable: 'q', ambient: 'q' },
  'no-new-privileges': {},
  seccomp: { filter: 'b' },
  'parent-death-signal': { signal: 'u' },
  'new-session': {},
  'open-terminal': { ptmx: 's', rows: 'u', columns: 'u', uid: 'u' },
  'run-init': {},
  exec: { candidates: 'l', argv: 'l', environment: 'l' },
  'open-tree-beneath': { slot: 'u', root: 's', path: 's', recursive: 'u', attributes: 'q', propagation: 'u' },
  'place-tree': { slot: 'u', target: 's' },
  'mount-overlay': { target: 's', layers: 'l', names: 'l', values: 'l' },
  'write-held': { path: 's', name: 's', mode: 'u' },
  'place-link': { target: 's', path: 's' },
  'place-file': { path: 's', content: 'b', mode: 'u' },
  'join-process': { record: 's', namespace: 'u' },
  'open-tree-of': { slot: 'u', record: 's', path: 's', filesystem: 'u' },
  'make-terminal': { ptmx: 's', rows: 'u', columns: 'u', uid: 'u' },
  'take-terminal': {},
  'map-tree': { slot: 'u', recursive: 'u', uidMap: 's', gidMap: 's' },
  'make-user-namespace': { slot: 'u', uidMap: 's', gidMap: 's' },
  'map-tree-by': { slot: 'u', recursive: 'u', namespace: 'u' },
  'enter-user-namespace': { slot: 'u' },
  'set-file-owner': { uid: 'u', gid: 'u' },
  'make-network': { name: 's', link: 's' },
  netlink: { outside: 'u', protocol: 'u', tolerated: 'u', messages: 'b', interfaces: 'l', places: 'g' },
  'write-outside': { path: 's', content: 'b' },
  'hold-socket': { request: 'b' },
  end: {},
  'make-cgroup': { path: 's' },
  'write-each': { path: 's', texts: 'l' },
  'owning-user-namespace': { slot: 'u', uidMap: 's', gidMap: 's' },
  'network-owner': { uidMap: 's', gidMap: 's' },
}

const MAGIC = 0x4d504354
const VERSION = 1
const FLAG_OPTIONAL = 1
const FLAG_OF_NEW_NETWORK = 2

/** Returns the bytes of a launch program; the keeper checks them again. */
export function encodeProgram(steps: readonly LaunchStep[]): Buffer {
  const program = new WireWriter()
  putProgram(program, steps)
  return program.finish()
}

/** Writes what `encodeProgram` returns. */
export function putProgram(writer: WireWriter, steps: readonly LaunchStep[]): void {
  writer.u32(MAGIC).u32(VERSION).u32(steps.length)
  for (const step of steps) putStep(writer, step)
}

function putStep(program: WireWriter, { op, optional, ofNewNetwork }: LaunchStep): void {
  program
    .u16(LAUNCH_OP_CODES[op.op])
    .u16((optional ? FLAG_OPTIONAL : 0) | (ofNewNetwork === true ? FLAG_OF_NEW_NETWORK : 0))
    .sized(() => putFields(program, op))
}

/**
 * Returns an encoded program with `steps` in place of those that are left out where the network is there already, which stand
 * in a row; one that has none of them stays as it is.
 */
export function replaceNetworkSteps(program: Buffer, steps: readonly LaunchStep[]): Buffer {
  const parts: { readonly bytes: Buffer; readonly isOfNewNetwork: boolean }[] = []
  for (let at = HEADER_BYTES; at < program.length; ) {
    const end = at + STEP_BYTES + program.readUInt32LE(at + 4)
    const isOfNewNetwork = (program.readUInt16LE(at + 2) & FLAG_OF_NEW_NETWORK) !== 0
    parts.push({ bytes: program.subarray(at, end), isOfNewNetwork })
    at = end
  }
  const first = parts.findIndex(({ isOfNewNetwork }) => isOfNewNetwork)
  if (first < 0) return program
  const kept = (part: (typeof parts)[number]): boolean => !part.isOfNewNetwork
  const [before, after] = [parts.slice(0, first), parts.slice(first).filter(kept)]
  const replaced = new WireWriter()
  for (const step of steps) putStep(replaced, step)
  const header = new WireWriter()
    .u32(MAGIC)
    .u32(VERSION)
    .u32(before.length + steps.length + after.length)
  const bytesOf = (list: typeof parts): readonly Buffer[] => list.map(({ bytes }) => bytes)
  return Buffer.concat([header.finish(), ...bytesOf(before), replaced.finish(), ...bytesOf(after)])
}

/** Magic, version and count. */
const HEADER_BYTES = 12
/** Code, flags and length of the payload. */
const STEP_BYTES = 8

function putFields(writer: WireWriter, op: LaunchOp): void {
  const values: Readonly<Record<string, FieldValue>> = op
  for (const [name, kind] of FIELDS_IN_ORDER.get(op.op) ?? []) putField(writer, kind, values[name])
}

type Fields = readonly (readonly [string, FieldKind])[]

const FIELDS_IN_ORDER: ReadonlyMap<string, Fields> = new Map(
  Object.entries(LAUNCH_OP_FIELDS).map(([op, fields]) => [op, Object.entries(fields)]),
)

type FieldValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly string[]
  | readonly number[]
  | undefined

function putField(writer: WireWriter, kind: FieldKind, value: FieldValue): void {
  if (value instanceof Uint8Array) writer.bytes(value)
  else if (typeof value === 'string') writer.terminated(value)
  else if (typeof value === 'object') putList(writer, value)
  else if (kind === 'q') writer.u64(BigInt(value ?? 0))
  else writer.u32(Number(value))
}

function putList(writer: WireWriter, values: readonly (string | number)[]): void {
  writer.u32(values.length)
  for (const value of values) {
    if (typeof value === 'string') writer.terminated(value)
    else writer.u32(value)
  }
}
