import type { CommandText, RunInstruction } from '../../model/dockerfile.ts'
import type { RunOperation } from './build-graph.ts'

/** What RUN runs. */
export interface RunScript {
  readonly command: CommandText
  readonly files: RunOperation['files']
}

/** Where a here-document that is a program is while it runs. */
const PROGRAMS = '/dev/pipes'
const EXECUTABLE = 0o755

/**
 * Returns the command of a RUN with its here-documents: one that stands alone is the script, or a program of its own if
 * it begins with `#!`; others are left to the shell.
 */
export function runScript({ command, heredocs, isScript }: RunInstruction): RunScript {
  const [script] = heredocs
  if (script === undefined || command.form === 'exec') return { command, files: [] }
  if (!isScript) {
    const documents = heredocs.map(({ source, name }) => `\n${source}${name}`)
    return { command: shell(command.command + documents.join('')), files: [] }
  }
  if (!script.source.startsWith('#!')) return { command: shell(script.content), files: [] }
  const path = `${PROGRAMS}/${script.name}`
  return { command: shell(path), files: [{ path, content: script.content, mode: EXECUTABLE }] }
}

function shell(command: string): CommandText {
  return { form: 'shell', command }
}
