import { safeText } from './safe-text.ts'

/** Colours and movements of the cursor, titles of windows: ECMA-48 control sequences and operating system commands. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g

/** Returns a line that a program wrote as a terminal would show it in the end, without colours; nothing in it steers one. */
export function outputText(line: string): string {
  const overwritten = line.replace(SEQUENCES, '').split('\r')
  return safeText(overwritten.findLast(text => text !== '') ?? '').replaceAll('\n', ' ')
}
