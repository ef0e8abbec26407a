import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { checked, lastErrno, libcFunction } from './libc.ts'

const openSocket = libcFunction('int socket(int domain, int type, int protocol)')
const connect = libcFunction('int connect(int fd, const uint8_t *address, uint32_t length)')
const send = libcFunction('intptr_t send(int fd, const uint8_t *data, size_t length, int flags)')

const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
/** sizeof(struct sockaddr_un) */
const ADDRESS_BYTES = 110

/** A datagram socket that is connected to a path: Node has none. */
export class DatagramSocket implements Disposable {
  readonly #fd: number
  readonly #path: string

  /** @throws {SystemCallError} E.g. ENOENT or ECONNREFUSED where nobody listens. */
  constructor(path: string) {
    this.#path = path
    this.#fd = checked(openSocket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), 'socket', path)
    const address = Buffer.alloc(ADDRESS_BYTES)
    address.writeUInt16LE(AF_UNIX, 0)
    address.write(path, 2, ADDRESS_BYTES - 3, 'utf8')
    try {
      checked(connect(this.#fd, address, address.length), 'connect', path)
    } catch (error) {
      closeSync(this.#fd)
      throw error
    }
  }

  /**
   * Sends `data` as one datagram; returns false if its reader has no room for it now.
   *
   * @throws {SystemCallError} If it fails otherwise, e.g. with EMSGSIZE, or ECONNREFUSED when its reader has ended.
   */
  send(data: Buffer): boolean {
    const sent = send(this.#fd, data, data.length, MSG_DONTWAIT | MSG_NOSIGNAL)
    if (sent < 0 && lastErrno() === constants.errno.EAGAIN) return false
    checked(sent, 'send', this.#path)
    return true
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}
