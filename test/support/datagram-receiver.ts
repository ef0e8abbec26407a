import { closeSync } from 'node:fs'
import { checked, libcFunction } from '../../src/linux/libc.ts'

const openSocket = libcFunction('int socket(int domain, int type, int protocol)')
const bind = libcFunction('int bind(int fd, const uint8_t *address, uint32_t length)')
const recv = libcFunction('intptr_t recv(int fd, _Out_ uint8_t *data, size_t length, int flags)')

const AF_UNIX = 1
const SOCK_DGRAM = 2
const MSG_DONTWAIT = 0x40

/** A program that takes datagrams at a path, as /dev/log is one. */
export class DatagramReceiver implements Disposable {
  readonly #fd: number

  constructor(path: string) {
    this.#fd = checked(openSocket(AF_UNIX, SOCK_DGRAM, 0), 'socket', path)
    const address = Buffer.alloc(110)
    address.writeUInt16LE(AF_UNIX, 0)
    address.write(path, 2)
    checked(bind(this.#fd, address, address.length), 'bind', path)
  }

  /** Returns what has come since the last call. */
  take(): readonly Buffer[] {
    const messages: Buffer[] = []
    for (;;) {
      const data = Buffer.alloc(65_536)
      const size = recv(this.#fd, data, data.length, MSG_DONTWAIT)
      if (size < 0) return messages
      messages.push(data.subarray(0, Number(size)))
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}
