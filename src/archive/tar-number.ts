import type { BytePath } from '../disk/byte-path.ts'

/** Returns the text of a field, up to its NUL. */
export function textAt(block: Buffer, offset: number, length: number): BytePath {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end < 0 || end > offset + length ? offset + length : end)
}

/** Reads octal digits, or GNU's base 256 where the first bit is set. @throws {SyntaxError} If it is neither. */
export function numberAt(block: Buffer, offset: number, length: number): number {
  if (((block[offset] ?? 0) & 0x80) !== 0) return base256(block.subarray(offset, offset + length))
  const text = textAt(block, offset, length).trim()
  if (text === '') return 0
  if (!/^[0-7]+$/.test(text)) throw new SyntaxError('its header has a number that is not octal')
  return Number.parseInt(text, 8)
}

function base256(bytes: Buffer): number {
  const negative = ((bytes[0] ?? 0) & 0x40) !== 0
  const hex = bytes.toString('hex')
  const value = negative
    ? BigInt(`0x${hex}`) - (1n << BigInt(bytes.length * 8))
    : BigInt(`0x${hex}`) - (1n << BigInt(bytes.length * 8 - 1))
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new SyntaxError('its header has a number that is too large')
  return number
}
