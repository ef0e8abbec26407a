import { existsSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { UnfitFile } from '../disk/user-file.ts'
import type { FileSource, FileText, InputOrigin } from '../parser/load-request.ts'
import { type InputBytes, readInput } from './read-input.ts'

/** Reads files of this machine for the parser; `-` is standard input. What cannot be read again is cached. */
export function hostFiles(): FileSource {
  const streams = new Map<string, FileText>()
  return {
    readText: (path, origin = 'found') => {
      const known = streams.get(path)
      if (known !== undefined) return known
      const { text, isStream } = readText(path, origin)
      if (isStream) streams.set(path, text)
      return text
    },
    exists: path => existsSync(path),
  }
}

function readText(
  path: string,
  origin: InputOrigin,
): { readonly text: FileText; readonly isStream: boolean } {
  let input: InputBytes | undefined
  try {
    input = readInput(path, origin)
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input.bytes)
    return { text: { kind: 'text', text }, isStream: input.isStream }
  } catch (error) {
    return { text: problemOf(error), isStream: input?.isStream ?? false }
  }
}

function problemOf(error: unknown): FileText {
  if (error instanceof UnfitFile)
    return { kind: 'unreadable', reason: error.message, ...(error.isFolder && { isFolder: true }) }
  const code = errnoNameOf(error)
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'missing' }
    case 'EACCES':
      return { kind: 'unreadable', reason: 'permission denied' }
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return { kind: 'unreadable', reason: 'it is not UTF-8 text' }
    default:
      return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) }
  }
}
