import { existsSync, readFileSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import type { FileSource, FileText } from '../parser/load-request.ts'

const STANDARD_INPUT = 0

/** Reads files of this machine for the parser; `-` is standard input. */
export const hostFiles: FileSource = {
  readText: readTextFile,
  exists: path => existsSync(path),
}

function readTextFile(path: string): FileText {
  try {
    const bytes = readFileSync(path === '-' ? STANDARD_INPUT : path)
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch (error) {
    return problemOf(error)
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
