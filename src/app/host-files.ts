import { existsSync, readFileSync, readSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import type { FileSource, FileText } from '../parser/load-request.ts'

const STANDARD_INPUT = 0
const CHUNK_BYTES = 64 * 1024
const RETRY_MS = 5

/** Reads files of this machine for the parser; `-` is standard input. */
export const hostFiles: FileSource = {
  readText: readTextFile,
  exists: path => existsSync(path),
}

function readTextFile(path: string): FileText {
  try {
    const bytes = path === '-' ? readStandardInput() : readFileSync(path)
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch (error) {
    return problemOf(error)
  }
}

/** A pipe whose other end does not block gives EAGAIN while nothing is there to read. */
function readStandardInput(): Buffer {
  const chunks: Buffer[] = []
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (;;) {
    try {
      const count = readSync(STANDARD_INPUT, chunk)
      if (count === 0) return Buffer.concat(chunks)
      chunks.push(Buffer.from(chunk.subarray(0, count)))
    } catch (error) {
      if (errnoNameOf(error) !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

function problemOf(error: unknown): FileText {
  const code = errnoNameOf(error)
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'missing' }
    case 'EISDIR':
      return { kind: 'unreadable', reason: 'it is a folder' }
    case 'EACCES':
      return { kind: 'unreadable', reason: 'permission denied' }
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return { kind: 'unreadable', reason: 'it is not UTF-8 text' }
    default:
      return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) }
  }
}
