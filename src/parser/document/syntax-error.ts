import type { YAMLParseError, YAMLWarning } from 'yaml'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceText } from './source-text.ts'

/** Turns an error of the YAML reader into words that say what to do. */
export function describeSyntaxError(source: SourceText, error: YAMLParseError | YAMLWarning): Diagnostic {
  const [from, end] = error.pos
  const start = error.code === 'TAB_AS_INDENT' ? from : afterIndent(source.text, from)
  const { message, hint } = EXPLANATIONS.get(start === from ? error.code : 'BAD_INDENT') ?? {
    message: firstSentence(error.message),
    hint: undefined,
  }
  return {
    severity: 'error',
    code: 'yaml-syntax',
    message: `Cannot read YAML: ${message}`,
    span: source.span(start, Math.max(end, start)),
    ...(hint === undefined ? {} : { hint }),
  }
}

/** The YAML reader points at the blanks before what is indented wrongly. */
function afterIndent(text: string, start: number): number {
  const isLineStart = start === 0 || text[start - 1] === '\n'
  const blanks = isLineStart ? (/^ +(?=\S)/.exec(text.slice(start, start + 1000))?.[0].length ?? 0) : 0
  return start + blanks
}

interface Explanation {
  readonly message: string
  readonly hint: string | undefined
}

const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map([
  [
    'TAB_AS_INDENT',
    {
      message: 'a tab is used for indentation, expected spaces',
      hint: 'YAML allows only spaces here; replace each tab with two spaces',
    },
  ],
  [
    'BAD_INDENT',
    {
      message: 'this line is not indented like its neighbours',
      hint: 'Entries of one map start in the same column',
    },
  ],
  [
    'MULTILINE_IMPLICIT_KEY',
    {
      message: 'this line has no colon after its key',
      hint: 'Write "key: value"; quote text that spans lines',
    },
  ],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    { message: 'a map starts inside a value', hint: 'Quote a value that holds ": "' },
  ],
  [
    'TAG_RESOLVE_FAILED',
    {
      message: 'this tag is unknown',
      hint: 'Only "!reset" and "!override" are supported; quote text that starts with "!"',
    },
  ],
  [
    'BAD_ALIAS',
    { message: 'this alias has no anchor before it', hint: 'Quote a value that starts with "*" or "&"' },
  ],
  [
    'BAD_SCALAR_START',
    { message: 'a value cannot start with this character', hint: 'Quote values that start with @, ` or %' },
  ],
])

function firstSentence(message: string): string {
  const [first = message] = message.split('\n')
  return first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, '')
}
