import type { Checked } from '../../base/diagnostic.ts'
import { sha256Hex } from '../../base/sha256.ts'
import type { Project } from '../../model/project.ts'
import type { LoadPorts, LoadRequest } from '../../parser/load-request.ts'
import type { LocatedProject } from '../../parser/project/read-project.ts'
import { ask, type LoadInput, type RecordingPorts } from './load-inputs.ts'
import { decodeMemo, encodeMemo } from './memo-codec.ts'
import { readOwnFile, writeOwnFile } from './own-files.ts'

export interface LoadMemoOptions {
  /** The folder of the memos, made when it is needed. */
  readonly folder: string
  /** Names the program that loads: what another one remembered is not recalled. */
  readonly build: string
}

/**
 * Remembers what loads gave, with the questions that they asked of the world. A load is a function of its request and
 * of the answers, so as long as every answer is the same, so is the project. Of the answers a hash is kept. A memo
 * that cannot be read or written is as good as none.
 */
export interface LoadMemo {
  /** Returns what `request` gave, if all that it asked has the answers from `ports` that it had then. */
  recall(request: LoadRequest, ports: LoadPorts): Checked<Project> | undefined
  /** Keeps what `request` gave, unless there are errors or it hangs on what cannot be asked again. */
  remember(request: LoadRequest, loaded: Checked<LocatedProject>, ports: RecordingPorts): void
}

/** Returns the memo in the folder of `options`. */
export function loadMemo({ folder, build }: LoadMemoOptions): LoadMemo {
  const nameOf = (request: LoadRequest): string => sha256Hex(JSON.stringify([build, request]))
  return {
    recall: (request, ports) => {
      const text = readOwnFile(folder, nameOf(request))
      const memo = text === undefined ? undefined : decodeMemo(text)
      if (memo === undefined) return undefined
      const answers = memo.inputs.map(input => ask(input, ports))
      if (hashOf(answers) !== memo.answers) return undefined
      return { value: memo.project, diagnostics: memo.diagnostics }
    },
    remember: (request, { value: project, diagnostics }, { asked, isTorn }) => {
      if (project === undefined || isTorn) return
      const questions = [...asked.values()]
      const inputs = questions.map(({ input }) => input)
      if (inputs.some(isStandardInput)) return
      const answers = hashOf(questions.map(({ answer }) => answer))
      writeOwnFile(folder, nameOf(request), encodeMemo({ inputs, answers, project, diagnostics }))
    },
  }
}

function isStandardInput([kind, name]: LoadInput): boolean {
  return (kind === 'text' || kind === 'named-text') && name === '-'
}

function hashOf(answers: readonly string[]): string {
  return sha256Hex(JSON.stringify(answers))
}
