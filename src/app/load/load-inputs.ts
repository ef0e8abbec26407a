import { variableView } from '../../parser/environment/variable-view.ts'
import type { FileText, LoadPorts } from '../../parser/load-request.ts'

/**
 * A question that a load asked of the world: the text of a file, named by the user or not, whether it exists, the value
 * of a variable, or, with no name, all variables.
 */
export type LoadInput = readonly [
  kind: 'text' | 'named-text' | 'exists' | 'variable' | 'variables',
  name: string,
]

/** Ports that write down what is asked of them. */
export interface RecordingPorts extends LoadPorts {
  /** Every question asked so far, once each, with the answer that was given. */
  readonly asked: ReadonlyMap<string, { readonly input: LoadInput; readonly answer: string }>
  /** Whether a question was answered in two ways, or may be the next time: nothing can be told from the answers. */
  readonly isTorn: boolean
}

/** Returns `ports`, recording. */
export function recordingPorts(ports: LoadPorts): RecordingPorts {
  const asked = new Map<string, { readonly input: LoadInput; readonly answer: string }>()
  let isTorn = false
  const { remotes } = ports
  const record = (input: LoadInput, answer: string): void => {
    const key = input.join(' ')
    const earlier = asked.get(key)
    if (earlier === undefined) asked.set(key, { input, answer })
    else if (earlier.answer !== answer) isTorn = true
  }
  return {
    asked,
    get isTorn() {
      return isTorn
    },
    files: {
      readText: (path, origin) => {
        const text = ports.files.readText(path, origin)
        record([origin === 'named' ? 'named-text' : 'text', path], answerOfText(text))
        return text
      },
      exists: path => {
        const exists = ports.files.exists(path)
        record(['exists', path], String(exists))
        return exists
      },
    },
    environment: recordingVariables(ports.environment, record),
    ...(remotes && {
      remotes: {
        find: address => {
          // What another machine has may change at any time.
          isTorn = true
          return remotes.find(address)
        },
      },
    }),
  }
}

function recordingVariables(
  variables: LoadPorts['environment'],
  record: (input: LoadInput, answer: string) => void,
): LoadPorts['environment'] {
  const get = (name: string): string | undefined => {
    const value = variables.get(name)
    record(['variable', name], answerOfVariable(value))
    return value
  }
  const all = (): LoadPorts['environment'] => {
    record(['variables', ''], answerOfVariables(variables))
    return variables
  }
  return variableView(get, all)
}

/** Asks `input` of `ports` and returns the answer in the words that `recordingPorts` writes down. */
export function ask([kind, name]: LoadInput, { files, environment }: LoadPorts): string {
  switch (kind) {
    case 'text':
      return answerOfText(files.readText(name))
    case 'named-text':
      return answerOfText(files.readText(name, 'named'))
    case 'exists':
      return String(files.exists(name))
    case 'variable':
      return answerOfVariable(environment.get(name))
    case 'variables':
      return answerOfVariables(environment)
  }
}

function answerOfText(text: FileText): string {
  switch (text.kind) {
    case 'text':
      return `text ${text.text}`
    case 'missing':
      return 'missing'
    case 'unreadable':
      return `unreadable ${text.reason}`
  }
}

function answerOfVariables(variables: LoadPorts['environment']): string {
  return JSON.stringify([...variables])
}

function answerOfVariable(value: string | undefined): string {
  return value === undefined ? 'unset' : `set ${value}`
}
