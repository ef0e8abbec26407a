import type { ExposeInstruction, VolumeInstruction, Word } from '../../../model/dockerfile.ts'
import { trimGoSpace } from '../go-space.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { readFlags } from '../read-flags.ts'
import { readWordList } from '../read-word-list.ts'
import { splitBlankWords } from '../split-words.ts'

/** Reads `EXPOSE PORT ...`. */
export function readExpose(input: InstructionInput): ExposeInstruction | undefined {
  readFlags(input, {})
  const ports = splitBlankWords(input.line, input.body)
  if (ports.length > 0) return { kind: 'expose', ...input.source, ports }
  input.error(input.keyword, 'Cannot read EXPOSE: the port is missing')
  return undefined
}

/** Reads `VOLUME PATH ...`, or the same as a JSON array. */
export function readVolume(input: InstructionInput): VolumeInstruction | undefined {
  readFlags(input, {})
  const words = readWordList(input)?.words
  if (words === undefined) return undefined
  if (words.length === 0) input.error(input.keyword, 'Cannot read VOLUME: the path is missing')
  const paths = words.map(word => readPath(input, word))
  return { kind: 'volume', ...input.source, paths }
}

function readPath(input: InstructionInput, { text, span }: Word): Word {
  const path = trimGoSpace(text)
  if (path === '') input.error({ text, span }, 'Cannot read VOLUME: the path is empty')
  return { text: path, span }
}
