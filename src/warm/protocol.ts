/**
 * What the front (native/front/protocol.h) and the warm process say to each other. Integers are little-endian.
 *
 * The front sends a header with its three standard streams as SCM_RIGHTS, then texts that end with NUL: the root of the
 * package, the working folder, the arguments, the environment. The warm process answers `accepted`, or closes, and begins
 * when the front says `go`. Then it sends replies, and the front the numbers of signals, a byte each; SIGWINCH always, others
 * while they are watched. `last`, before the exit code, says that the process ends too, and the front waits for that.
 */
export const HEADER_BYTES = 20

const MAGIC = 0x31574354
/** What is longer is left to a new process, by the front too. */
const MOST_TEXT = 1024 * 1024

export const REPLY = {
  accepted: 'A',
  /** SIGINT and SIGTERM are passed on. */
  watch: 'W',
  /** SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 too. */
  watchOthers: 'O',
  unwatch: 'U',
  last: 'L',
  exit: 'X',
} as const
export const GO = 'G'

/** What a connection is for: a command with the streams of its caller; a question about the process; the end of it. */
export type CallKind = 'command' | 'describe' | 'end'

const KINDS: readonly CallKind[] = ['command', 'describe', 'end']

/** The header of a call. */
export interface CallHeader {
  readonly kind: CallKind
  readonly textBytes: number
  /** The file mode mask of the caller. */
  readonly umask: number
  readonly argumentCount: number
}

/** The texts of a call for a command. */
export interface CallTexts {
  /** The real path of the package whose front calls. */
  readonly root: string
  readonly workingDirectory: string
  readonly argv: readonly string[]
  readonly environment: ReadonlyMap<string, string>
}

/** Returns the bytes of the header of a call. */
export function encodeHeader({ kind, textBytes, umask, argumentCount }: CallHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  const fields = [MAGIC, KINDS.indexOf(kind) + 1, textBytes, umask, argumentCount]
  for (const [index, field] of fields.entries()) bytes.writeUInt32LE(field, index * 4)
  return bytes
}

/** Returns what tells a front that its command has ended. */
export function exitReply(exitCode: number): Buffer {
  return Buffer.from([REPLY.exit.charCodeAt(0), exitCode & 0xff])
}

/** Returns undefined for what is no header of this version, and for texts that are too long. */
export function decodeHeader(bytes: Buffer): CallHeader | undefined {
  if (bytes.length !== HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return undefined
  const kind = KINDS[bytes.readUInt32LE(4) - 1]
  const [textBytes, umask, argumentCount] = [8, 12, 16].map(at => bytes.readUInt32LE(at))
  if (kind === undefined || textBytes === undefined || umask === undefined || argumentCount === undefined)
    return undefined
  return textBytes > MOST_TEXT ? undefined : { kind, textBytes, umask, argumentCount }
}

/** Returns undefined for bytes that do not hold the texts of a command with so many arguments. */
export function decodeTexts(bytes: Buffer, argumentCount: number): CallTexts | undefined {
  if (bytes.at(-1) !== 0) return undefined
  const [root, workingDirectory, ...others] = bytes.toString('utf8').slice(0, -1).split('\0')
  if (root === undefined || workingDirectory === undefined || others.length < argumentCount) return undefined
  return {
    root,
    workingDirectory,
    argv: others.slice(0, argumentCount),
    environment: new Map(others.slice(argumentCount).flatMap(variableOf)),
  }
}

/** As in the environment of a process, the last of two that have one name counts. */
function variableOf(text: string): readonly (readonly [string, string])[] {
  const end = text.indexOf('=')
  return end > 0 ? [[text.slice(0, end), text.slice(end + 1)]] : []
}
