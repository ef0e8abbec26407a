import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlatformName } from '../../../model/platform.ts'
import { machinePlatform } from '../../../oci/platform.ts'

/** Where the kernel lists what interprets foreign programs; see Documentation/admin-guide/binfmt-misc.rst. */
const BINFMT_FOLDER = '/proc/sys/fs/binfmt_misc'

/** Architectures that a processor runs besides its own. */
const ALSO_RUNS: ReadonlyMap<string, readonly string[]> = new Map([
  ['amd64', ['386']],
  ['arm64', ['arm']],
])

/** What distinguishes an architecture's programs: the class, byte order and machine of their ELF header. */
const HEADERS: ReadonlyMap<
  string,
  { readonly bits: 32 | 64; readonly big?: true; readonly machine: number }
> = new Map([
  ['386', { bits: 32, machine: 3 }],
  ['amd64', { bits: 64, machine: 62 }],
  ['arm', { bits: 32, machine: 40 }],
  ['arm64', { bits: 64, machine: 183 }],
  ['loong64', { bits: 64, machine: 258 }],
  ['mips64le', { bits: 64, machine: 8 }],
  ['ppc64le', { bits: 64, machine: 21 }],
  ['riscv64', { bits: 64, machine: 243 }],
  ['s390x', { bits: 64, big: true, machine: 22 }],
])

/**
 * Tells whether programs made for `platform` run in containers of this machine: by its processor, or by an emulator
 * that binfmt_misc has opened (flag F), for a container does not hold one. What cannot be determined counts as yes: the
 * start of the program decides.
 */
export function isRunnable(
  platform: PlatformName,
  { machine = machinePlatform(), folder = BINFMT_FOLDER }: RunnableOptions = {},
): boolean {
  const architecture = architectureOf(platform)
  const own = architectureOf(machine)
  if (architecture === '' || architecture === own || ALSO_RUNS.get(own)?.includes(architecture)) return true
  const header = HEADERS.get(architecture)
  const formats = readFormats(folder)
  if (header === undefined || formats === undefined) return true
  const bytes = elfHeader(header)
  return formats.some(format => interprets(format, bytes))
}

export interface RunnableOptions {
  /** @default that of this process */
  readonly machine?: PlatformName
  /** @default the kernel's */
  readonly folder?: string
}

function architectureOf(platform: PlatformName): string {
  return platform.split('/')[1] ?? ''
}

/**
 * Returns the text of every format, none where the kernel has no binfmt_misc; undefined where it does not show them.
 */
function readFormats(folder: string): readonly string[] | undefined {
  const names = listOf(folder)
  if (names === undefined) return []
  // The folder is there, but nothing is mounted on it.
  if (!names.includes('status')) return undefined
  const isOn = readText(join(folder, 'status')).trim() === 'enabled'
  const formats = names.filter(name => name !== 'status' && name !== 'register')
  return isOn ? formats.map(name => readText(join(folder, name))) : []
}

function listOf(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}

/** A format may be unregistered at any moment. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function interprets(format: string, header: Buffer): boolean {
  const fields = new Map(format.split('\n').map(line => splitAtSpace(line)))
  const magic = Buffer.from(fields.get('magic') ?? '', 'hex')
  const mask = fields.has('mask') ? Buffer.from(fields.get('mask') ?? '', 'hex') : undefined
  const isUsable = format.startsWith('enabled') && fields.get('flags:')?.includes('F') === true
  if (!isUsable || magic.length === 0 || magic.length > header.length || fields.get('offset') !== '0')
    return false
  return magic.every((byte, index) => {
    const bits = mask?.[index] ?? 0xff
    return (byte & bits) === ((header[index] ?? 0) & bits)
  })
}

function splitAtSpace(line: string): readonly [string, string] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1).trim()]
}

/** The first 20 bytes of a program: identification, type ET_EXEC, machine. */
function elfHeader({
  bits,
  big,
  machine,
}: {
  readonly bits: 32 | 64
  readonly big?: true
  readonly machine: number
}): Buffer {
  const header = Buffer.alloc(20)
  header.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, big ? 2 : 1, 1])
  if (big) {
    header.writeUInt16BE(2, 16)
    header.writeUInt16BE(machine, 18)
  } else {
    header.writeUInt16LE(2, 16)
    header.writeUInt16LE(machine, 18)
  }
  return header
}
