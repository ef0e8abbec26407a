/** The fields of a system call that a seccomp filter reads. Arguments are 64 bits wide. */
export interface SeccompData {
  readonly audit: number
  readonly number: number
  readonly args: readonly bigint[]
}

/** Runs a classic BPF program of struct sock_filter as the kernel does and returns what it returns. */
export function runFilter(filter: Uint8Array, data: SeccompData): number {
  const program = new DataView(filter.buffer, filter.byteOffset, filter.byteLength)
  const input = encodeData(data)
  let accumulator = 0
  for (let at = 0; at * 8 < filter.length; at++) {
    const code = program.getUint16(at * 8, true)
    const k = program.getUint32(at * 8 + 4, true)
    const jump = (holds: boolean): number => program.getUint8(at * 8 + (holds ? 2 : 3))
    const compare = COMPARISONS[code]
    if (code === 0x20) accumulator = input.getUint32(k, true)
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0
    else if (code === 0x05) at += k
    else if (compare !== undefined) at += jump(compare(accumulator, k))
    else if (code === 0x06) return k
    else throw new Error(`Cannot run instruction ${at}: unknown code ${code}`)
  }
  throw new Error('Cannot run the filter: it ends without a verdict')
}

const COMPARISONS: Readonly<Record<number, (accumulator: number, k: number) => boolean>> = {
  21: (accumulator, k) => accumulator === k,
  37: (accumulator, k) => accumulator > k,
  53: (accumulator, k) => accumulator >= k,
  69: (accumulator, k) => (accumulator & k) !== 0,
}

/** Returns the deepest path through the program, in instructions. */
export function filterDepth(filter: Uint8Array): number {
  const program = new DataView(filter.buffer, filter.byteOffset, filter.byteLength)
  const depths = new Uint32Array(filter.length / 8 + 1)
  for (let at = filter.length / 8 - 1; at >= 0; at--) {
    const code = program.getUint16(at * 8, true)
    if (code === 0x06) depths[at] = 1
    else if (code === 0x05) depths[at] = 1 + (depths[at + 1 + program.getUint32(at * 8 + 4, true)] ?? 0)
    else if (code === 0x20 || code === 0x54) depths[at] = 1 + (depths[at + 1] ?? 0)
    else {
      const holds = depths[at + 1 + program.getUint8(at * 8 + 2)] ?? 0
      const otherwise = depths[at + 1 + program.getUint8(at * 8 + 3)] ?? 0
      depths[at] = 1 + Math.max(holds, otherwise)
    }
  }
  return depths[0] ?? 0
}

function encodeData({ audit, number, args }: SeccompData): DataView {
  const view = new DataView(new ArrayBuffer(64))
  view.setUint32(0, number, true)
  view.setUint32(4, audit, true)
  for (const [index, arg] of args.entries()) view.setBigUint64(16 + 8 * index, arg, true)
  return view
}
