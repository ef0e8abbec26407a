import { closeSync, constants as fsConstants, openSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, dirname } from 'node:path'
import koffi from 'koffi'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { checked, lastErrno, libcFunction, SystemCallError } from './libc.ts'

/**
 * Connects to the stream socket at `path`, which may be longer than the 107 bytes that a socket's address holds.
 * Returns the blocking descriptor, or undefined if nothing listens there.
 *
 * @throws {SystemCallError} If it fails otherwise.
 */
export function connectUnixSocket(path: string): number | undefined {
  const folder = openFolder(dirname(path))
  if (folder === undefined) return undefined
  try {
    return connectBelow(`/proc/self/fd/${folder}/${basename(path)}`, path)
  } finally {
    closeSync(folder)
  }
}

/**
 * Returns two connected sockets, close-on-exec: a stream, or such as keep the bounds of messages (SOCK_SEQPACKET). See
 * socketpair(2).
 *
 * @throws {SystemCallError} If it fails.
 */
export function unixSocketPair(kind: 'messages' | 'stream' = 'messages'): readonly [number, number] {
  const pair = Buffer.alloc(8)
  const type = kind === 'stream' ? SOCK_STREAM : SOCK_SEQPACKET
  checked(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair), 'socketpair', `of ${kind}`)
  return [pair.readInt32LE(0), pair.readInt32LE(4)]
}

/**
 * Sends the start of `data`, with `fds` on its first byte, and returns how many bytes went; 0 if the socket's buffer
 * is full. The caller keeps its descriptors.
 *
 * @throws {SystemCallError} If it fails otherwise, e.g. with EPIPE.
 */
export function sendDescriptors(socket: number, data: Buffer, fds: readonly number[]): number {
  const control = encodeControl(fds)
  const sent = sendmsg(socket, message(data, control, control.length), MSG_NOSIGNAL | MSG_DONTWAIT)
  if (sent < 0 && lastErrno() === constants.errno.EAGAIN) return 0
  return checked(sent, 'sendmsg', `descriptor ${socket}`)
}

/** What one receive gave: the data, and the descriptors that came with it. */
export interface ReceivedData {
  /** Empty at the end of the stream. */
  readonly data: Buffer
  /** Close-on-exec; the caller owns them. */
  readonly fds: readonly number[]
}

/**
 * Waits for data on a blocking socket and returns at most `maxBytes` of it.
 *
 * @throws {SystemCallError} If it fails, with EAGAIN after the time that `setReceiveTimeout` gave.
 */
export function receiveDescriptors(socket: number, maxBytes: number): ReceivedData {
  const data = Buffer.alloc(maxBytes)
  const control = Buffer.alloc(CONTROL_HEADER_BYTES + MAX_DESCRIPTORS * 4)
  const header = message(data, control, control.length)
  const size = checked(recvmsg(socket, header, MSG_CMSG_CLOEXEC), 'recvmsg', `descriptor ${socket}`)
  const controlBytes = Number(header.msg_controllen)
  return { data: data.subarray(0, size), fds: decodeControl(control.subarray(0, controlBytes)) }
}

/** Who is at the other end of a connection, as of connect(2). */
export interface SocketPeer {
  readonly pid: number
  readonly uid: number
}

/**
 * Returns who made the connection whose accepted end is `socket`. See SO_PEERCRED in unix(7).
 *
 * @throws {SystemCallError} If it is no unix socket.
 */
export function peerOf(socket: number): SocketPeer {
  // struct ucred: pid, uid, gid, 4 bytes each.
  const credentials = Buffer.alloc(12)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(credentials.length)
  checked(
    getsockopt(socket, SOL_SOCKET, SO_PEERCRED, credentials, length),
    'getsockopt',
    `descriptor ${socket}`,
  )
  return { pid: credentials.readInt32LE(0), uid: credentials.readUInt32LE(4) }
}

/** Bounds every later receive on `socket`, in seconds. */
export function setReceiveTimeout(socket: number, seconds: number): void {
  const time = Buffer.alloc(16)
  time.writeBigInt64LE(BigInt(seconds), 0)
  checked(
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, time, time.length),
    'setsockopt',
    `descriptor ${socket}`,
  )
}

const AF_UNIX = 1
const SOCK_STREAM = 1
const SOCK_SEQPACKET = 5
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_RCVTIMEO = 20
const SO_PEERCRED = 17
const SCM_RIGHTS = 1
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
const MSG_CMSG_CLOEXEC = 0x40000000
const ADDRESS_BYTES = 110
const CONTROL_HEADER_BYTES = 16
/** SCM_MAX_FD in the kernel. */
const MAX_DESCRIPTORS = 253

const iovec = koffi.struct({ iov_base: 'void *', iov_len: 'size_t' })
const msghdr = koffi.struct({
  msg_name: 'void *',
  msg_namelen: 'uint32_t',
  msg_iov: koffi.pointer(iovec),
  msg_iovlen: 'size_t',
  msg_control: 'void *',
  msg_controllen: 'size_t',
  msg_flags: 'int',
})

interface MessageHeader {
  readonly msg_name: null
  readonly msg_namelen: number
  readonly msg_iov: readonly { readonly iov_base: Buffer; readonly iov_len: number }[]
  readonly msg_iovlen: number
  readonly msg_control: Buffer | null
  /** recvmsg(2) stores the length that it filled. */
  readonly msg_controllen: number | bigint
  readonly msg_flags: number
}

type MessageCall = (socket: number, header: MessageHeader, flags: number) => number

const libc = koffi.load('libc.so.6')
const sendmsg: MessageCall = libc.func('sendmsg', 'intptr_t', ['int', koffi.pointer(msghdr), 'int'])
const recvmsg: MessageCall = libc.func('recvmsg', 'intptr_t', [
  'int',
  koffi.inout(koffi.pointer(msghdr)),
  'int',
])
const openSocket = libcFunction('int socket(int domain, int type, int protocol)')
const socketpair = libcFunction('int socketpair(int domain, int type, int protocol, _Out_ uint8_t *pair)')
const connect = libcFunction('int connect(int fd, const uint8_t *address, uint32_t length)')
const setsockopt = libcFunction(
  'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)',
)
const getsockopt = libcFunction(
  'int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint8_t *length)',
)

function openFolder(path: string): number | undefined {
  try {
    return openSync(path, fsConstants.O_RDONLY | fsConstants.O_DIRECTORY)
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function connectBelow(shortPath: string, path: string): number | undefined {
  const address = Buffer.alloc(ADDRESS_BYTES)
  address.writeUInt16LE(AF_UNIX, 0)
  address.write(shortPath, 2)
  const fd = checked(openSocket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), 'socket', path)
  if (connect(fd, address, address.length) === 0) return fd
  const errno = lastErrno()
  closeSync(fd)
  if (errno === constants.errno.ENOENT || errno === constants.errno.ECONNREFUSED) return undefined
  throw new SystemCallError('connect', errno, path)
}

function message(data: Buffer, control: Buffer, controlBytes: number): MessageHeader {
  return {
    msg_name: null,
    msg_namelen: 0,
    msg_iov: [{ iov_base: data, iov_len: data.length }],
    msg_iovlen: 1,
    msg_control: controlBytes === 0 ? null : control,
    msg_controllen: controlBytes,
    msg_flags: 0,
  }
}

/** struct cmsghdr: u64 length with the header, i32 level, i32 type; then the descriptors, padded to 8 bytes. */
function encodeControl(fds: readonly number[]): Buffer {
  if (fds.length === 0) return Buffer.alloc(0)
  const bytes = CONTROL_HEADER_BYTES + fds.length * 4
  const control = Buffer.alloc(Math.ceil(bytes / 8) * 8)
  control.writeBigUInt64LE(BigInt(bytes), 0)
  control.writeInt32LE(SOL_SOCKET, 8)
  control.writeInt32LE(SCM_RIGHTS, 12)
  for (const [index, fd] of fds.entries()) control.writeInt32LE(fd, CONTROL_HEADER_BYTES + index * 4)
  return control
}

/** One control message at most: the kernel puts all descriptors of a receive into one. */
function decodeControl(control: Buffer): readonly number[] {
  if (control.length < CONTROL_HEADER_BYTES || control.readInt32LE(12) !== SCM_RIGHTS) return []
  const bytes = Number(control.readBigUInt64LE(0)) - CONTROL_HEADER_BYTES
  return Array.from({ length: bytes / 4 }, (_, index) =>
    control.readInt32LE(CONTROL_HEADER_BYTES + index * 4),
  )
}
