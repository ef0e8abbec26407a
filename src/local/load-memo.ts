import { ask, type LoadInput } from '../app/load/load-inputs.ts'
import type { LoadMemo } from '../app/load/load-memo.ts'
import { sha256Hex } from '../base/sha256.ts'
import type { LoadRequest } from '../parser/load-request.ts'
import { excerptsOf, withContents, withoutContents } from './inline-contents.ts'
import { decodeMemo, encodeMemo } from './memo-codec.ts'
import { readOwnFile, writeOwnFile } from './own-files.ts'

export interface LoadMemoOptions {
  /** The folder of the memos, made when it is needed. */
  readonly folder: string
  /** Names the program that loads: what another one remembered is ignored. */
  readonly build: string
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
      const value = withContents(memo.project, memo.excerpts, answers)
      return { value, diagnostics: memo.diagnostics }
    },
    remember: (request, { value: project, diagnostics }, { asked, isTorn }) => {
      if (project === undefined || isTorn) return
      const questions = [...asked.values()]
      const inputs = questions.map(({ input }) => input)
      if (inputs.some(isStandardInput)) return
      const answers = questions.map(({ answer }) => answer)
      const memo = {
        inputs,
        answers: hashOf(answers),
        project: withoutContents(project),
        excerpts: excerptsOf(project, answers),
        diagnostics,
      }
      writeOwnFile(folder, nameOf(request), encodeMemo(memo))
    },
  }
}

function isStandardInput([kind, name]: LoadInput): boolean {
  return (kind === 'text' || kind === 'named-text') && name === '-'
}

function hashOf(answers: readonly string[]): string {
  return sha256Hex(JSON.stringify(answers))
}
