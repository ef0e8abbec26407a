import { close, closeSync } from 'node:fs'
import { constants } from 'node:os'
import { checked, lastErrno, libcFunction, libcFunctionInBackground, SystemCallError } from '../libc.ts'
import { failure, failuresOf } from './failures.ts'
import { encodeRequests, type NetlinkReply, type NetlinkRequest, parseReplies } from './message.ts'

const socketCall = libcFunction('int socket(int domain, int type, int protocol)')
const setsockopt = libcFunction(
  'int setsockopt(int fd, int level, int name, const uint8_t *value, unsigned int length)',
)
const sendCall = libcFunction('intptr_t send(int fd, const uint8_t *buffer, size_t length, int flags)')
const sendCallInBackground = libcFunctionInBackground(
  'intptr_t send(int fd, const uint8_t *buffer, size_t length, int flags)',
)
const recvCall = libcFunction('intptr_t recv(int fd, uint8_t *buffer, size_t length, int flags)')

const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_SNDBUFFORCE = 32
const SO_RCVBUFFORCE = 33
const SOL_NETLINK = 270
const NETLINK_CAP_ACK = 10
const NETLINK_EXT_ACK = 11
const MSG_DONTWAIT = 0x40
const PROTOCOLS = { route: 0, netfilter: 12 } as const
const BUFFER_BYTES = 8 * 1024 * 1024
const DATAGRAM_BYTES = 64 * 1024
const DUMP_TRIES = 8

type Data = NetlinkReply & { readonly kind: 'data' }

/**
 * A netlink socket of the network namespace that the thread was in when it was opened. rtnetlink and nf_tables do
 * their work inside send(2) and have queued every answer when it returns, so no call here waits.
 */
export interface NetlinkSocket extends Disposable {
  /**
   * Sends `requests` as one datagram; framing alone is not sent. rtnetlink carries out each in
   * turn and continues after one that fails; between the framing messages of nf_tables all or none take effect.
   *
   * @throws {SystemCallError} For the first that failed and is not tolerated.
   */
  send(requests: readonly NetlinkRequest[]): void
  /**
   * As `send`, on a thread of the pool: deleting interfaces waits for grace periods of the kernel. The socket must not
   * be used or disposed meanwhile. Returns what failed and is not tolerated, by index in `requests`.
   *
   * @throws {SystemCallError} If the requests could not be sent.
   */
  sendInBackground(requests: readonly NetlinkRequest[]): Promise<ReadonlyMap<number, SystemCallError>>
  /**
   * Returns the payload of the one answer to `request`; undefined where its errno is tolerated.
   *
   * @throws {SystemCallError} If it fails otherwise.
   */
  get(request: NetlinkRequest): Buffer | undefined
  /**
   * Returns the payloads of all answers to `request`, which asks for a dump; again from the start where the list
   * changed meanwhile.
   *
   * @throws {SystemCallError} If it fails and is not tolerated.
   */
  dump(request: NetlinkRequest): readonly Buffer[]
}

/**
 * Opens a netlink socket in the thread's network namespace.
 *
 * @throws {SystemCallError} If the kernel has no such protocol or permission is missing.
 */
export function openNetlink(protocol: keyof typeof PROTOCOLS): NetlinkSocket {
  const fd = checked(
    socketCall(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, PROTOCOLS[protocol]),
    'socket',
    `netlink ${protocol}`,
  )
  // Each helps and none is needed: without the FORCE of a privileged user a batch may be at most 200 KiB.
  setOption(fd, SOL_SOCKET, { name: SO_SNDBUFFORCE, value: BUFFER_BYTES })
  setOption(fd, SOL_SOCKET, { name: SO_RCVBUFFORCE, value: BUFFER_BYTES })
  setOption(fd, SOL_NETLINK, { name: NETLINK_CAP_ACK, value: 1 })
  setOption(fd, SOL_NETLINK, { name: NETLINK_EXT_ACK, value: 1 })
  let sequence = 1
  const exchange = (requests: readonly NetlinkRequest[], acknowledge: number | undefined) => {
    const first = sequence
    sequence += requests.length
    return { first, replies: transact(fd, encodeRequests(requests, first, acknowledge)) }
  }
  return {
    send: requests => {
      const last = requests.findLastIndex(request => request.framing !== true)
      if (last < 0) return
      const { first, replies } = exchange(requests, last)
      for (const error of failuresOf({ requests, first, last, replies }).values()) throw error
    },
    sendInBackground: async requests => {
      const last = requests.findLastIndex(request => request.framing !== true)
      if (last < 0) return new Map()
      const first = sequence
      sequence += requests.length
      const message = encodeRequests(requests, first, last)
      const sent = await sendCallInBackground(fd, message, message.length, 0)
      if (sent < 0) throw new SystemCallError('send', constants.errno.EIO, 'netlink message')
      return failuresOf({ requests, first, last, replies: receiveAll(fd) })
    },
    get: request => {
      const { replies } = exchange([request], undefined)
      return isTolerated(request, replies) ? undefined : replies.find(isData)?.payload
    },
    dump: request => dump(request, () => exchange([request], undefined).replies),
    [Symbol.dispose]: () => closeSocket(fd, protocol),
  }
}

/** Runs `work` with `socket`, or with one of its own that is closed afterwards. */
export function useNetlink<T>(
  protocol: keyof typeof PROTOCOLS,
  socket: NetlinkSocket | undefined,
  work: (socket: NetlinkSocket) => T,
): T {
  if (socket !== undefined) return work(socket)
  using own = openNetlink(protocol)
  return work(own)
}

/**
 * Closing an nf_tables socket waits for the grace period (20 ms) after which what its transactions deleted is freed;
 * see nft_rcv_nl_event() in the kernel. A thread of the pool waits in place of this one.
 */
function closeSocket(fd: number, protocol: keyof typeof PROTOCOLS): void {
  if (protocol === 'netfilter') close(fd)
  else closeSync(fd)
}

function setOption(
  fd: number,
  level: number,
  option: { readonly name: number; readonly value: number },
): void {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(option.value)
  setsockopt(fd, level, option.name, bytes, bytes.length)
}

function transact(fd: number, message: Buffer): readonly NetlinkReply[] {
  checked(sendCall(fd, message, message.length, 0), 'send', 'netlink message')
  return receiveAll(fd)
}

function receiveAll(fd: number): readonly NetlinkReply[] {
  const replies: NetlinkReply[] = []
  for (;;) {
    const datagram = receive(fd)
    if (datagram === undefined) return replies
    replies.push(...parseReplies(datagram))
  }
}

let shared: Buffer | undefined

function receive(fd: number): Buffer | undefined {
  shared ??= Buffer.alloc(DATAGRAM_BYTES)
  const length = recvCall(fd, shared, shared.length, MSG_DONTWAIT)
  if (length < 0 && lastErrno() === constants.errno.EAGAIN) return undefined
  checked(length, 'recv', 'netlink message')
  return Buffer.from(shared.subarray(0, length))
}

function isTolerated(request: NetlinkRequest, replies: readonly NetlinkReply[]): boolean {
  for (const reply of replies) {
    if (reply.kind === 'data' || reply.errno === 0) continue
    if (request.tolerate?.includes(reply.errno) === true) return true
    throw failure(request, {
      errno: reply.errno,
      message: reply.kind === 'result' ? reply.message : undefined,
    })
  }
  return false
}

function dump(request: NetlinkRequest, ask: () => readonly NetlinkReply[]): readonly Buffer[] {
  for (let attempt = 1; ; attempt++) {
    const replies = ask()
    if (isTolerated(request, replies)) return []
    const interrupted = replies.some(reply => reply.kind !== 'result' && reply.interrupted)
    if (!interrupted || attempt === DUMP_TRIES) return replies.filter(isData).map(({ payload }) => payload)
  }
}

function isData(reply: NetlinkReply): reply is Data {
  return reply.kind === 'data'
}
