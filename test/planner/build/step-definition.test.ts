import { expect, test } from 'vitest'
import { stepDefinition } from '../../../src/planner/build/step-definition.ts'
import { operationsOf, type RequestChanges } from './plan-dockerfile.ts'

function definitions(text: string, changes: RequestChanges = {}): readonly string[] {
  return operationsOf(text, changes).map(stepDefinition)
}

interface Pair {
  readonly what: string
  readonly one: string
  readonly two: string
  readonly changes?: readonly [RequestChanges, RequestChanges]
}

const SAME: readonly Pair[] = [
  {
    what: 'blanks between words, the case of keywords, comments and names of stages',
    one: 'FROM plain AS one\nCOPY d /d\nRUN a b\n',
    two: '# more\nFROM plain AS two\n\ncopy   d    /d\nrun   a b\n',
  },
  {
    what: 'the order of arguments of the request',
    one: 'FROM plain\nARG A\nARG B\nRUN x\n',
    two: 'FROM plain\nARG A\nARG B\nRUN x\n',
    changes: [{ args: { A: '1', B: '2' } }, { args: { B: '2', A: '1' } }],
  },
  {
    what: 'proxies, and arguments that no ARG declares',
    one: 'FROM plain\nRUN x\n',
    two: 'FROM plain\nRUN x\n',
    changes: [{ args: { HTTP_PROXY: 'one' } }, { args: { X: '1' } }],
  },
  {
    what: 'the order of mounts',
    one: 'FROM plain\nRUN --mount=type=tmpfs,target=/a --mount=target=/b x\n',
    two: 'FROM plain\nRUN --mount=target=/b --mount=type=tmpfs,target=/a x\n',
  },
  {
    what: 'labels, commands and values that are expanded to the same',
    one: 'FROM plain\nLABEL a=1\nCMD x\nCOPY a /b\n',
    two: 'FROM plain\nARG X=a\nLABEL a=2\nEXPOSE 80\nCOPY $X /b\n',
  },
  {
    what: 'where files come from, for their content counts',
    one: 'FROM plain AS a\nFROM full AS b\nFROM scratch\nCOPY --from=a /x /y\n',
    two: 'FROM plain AS a\nFROM full AS b\nFROM scratch\nCOPY --from=b /x /y\n',
  },
  {
    what: 'the folder of a source, of which only the name counts',
    one: 'FROM plain\nCOPY a/x b/*.c /y/\n',
    two: 'FROM plain\nCOPY d/e/x *.c /y/\n',
  },
  {
    what: 'which stage or context a mount is of',
    one: 'FROM plain AS a\nFROM plain\nRUN --mount=from=a,target=/x y\n',
    two: 'FROM plain\nRUN --mount=target=/x y\n',
  },
  {
    what: 'the working folder and the user of COPY',
    one: 'FROM plain\nCOPY a /b\n',
    two: 'FROM full\nCOPY a /b\n',
  },
]
for (const { what, one, two, changes: [first, second] = [{}, {}] } of SAME) {
  test(`stepDefinition() does not tell apart ${what}`, () => {
    expect(definitions(two, second)).toEqual(definitions(one, first))
    expect(definitions(one, first).length).toBeGreaterThan(0)
  })
}

const OTHER: ReadonlyArray<readonly [what: string, one: string, two: string]> = [
  ['commands', 'RUN a', 'RUN b'],
  ['forms of a command', 'RUN a', 'RUN ["a"]'],
  ['values of variables', 'ENV A=1\nRUN x', 'ENV A=2\nRUN x'],
  ['values of arguments that are not used', 'ARG A=1\nRUN x', 'ARG A=2\nRUN x'],
  ['users', 'RUN x', 'USER 1\nRUN x'],
  ['networks', 'RUN x', 'RUN --network=none x'],
  ['sources of mounts', 'RUN --mount=source=a,target=/x y', 'RUN --mount=source=b,target=/x y'],
  ['mounts that may be written', 'RUN --mount=target=/x y', 'RUN --mount=target=/x,rw y'],
  ['ids of secrets', 'RUN --mount=type=secret,id=a,target=/x y', 'RUN --mount=type=secret,id=b,target=/x y'],
  ['ids of caches', 'RUN --mount=type=cache,id=a,target=/x y', 'RUN --mount=type=cache,id=b,target=/x y'],
  [
    'caches that begin with files and those that begin empty',
    'RUN --mount=type=cache,target=/x y',
    'RUN --mount=type=cache,from=full,target=/x y',
  ],
  ['programs', 'RUN <<E\n#!/a\nE', 'RUN <<E\n#!/b\nE'],
  ['names of sources', 'COPY a /x', 'COPY b /x'],
  ['patterns of sources', 'COPY a/*.c /x/', 'COPY a/?.c /x/'],
  ['paths of sources that are kept', 'COPY --parents a/x /y/', 'COPY --parents b/x /y/'],
  ['orders of sources', 'COPY a b /x/', 'COPY b a /x/'],
  ['destinations', 'COPY a /x', 'COPY a /x/'],
  ['owners', 'COPY a /x', 'COPY --chown=1 a /x'],
  ['modes', 'COPY --chmod=600 a /x', 'COPY --chmod=644 a /x'],
  ['links', 'COPY a /x', 'COPY --link a /x'],
  ['what is left out', 'COPY a /x', 'COPY --exclude=b a /x'],
  ['COPY and ADD', 'COPY a /x', 'ADD a /x'],
  ['texts', 'COPY <<E /x\n1\nE', 'COPY <<E /x\n2\nE'],
  ['URLs', 'ADD http://h/a /x', 'ADD http://h/b /x'],
  ['folders', 'WORKDIR /a', 'WORKDIR /b'],
  ['users of folders', 'WORKDIR /a', 'USER x\nWORKDIR /a'],
]
for (const [what, one, two] of OTHER) {
  test(`stepDefinition() tells apart ${what}`, () => {
    expect(definitions(`FROM plain\n${one}\n`)).not.toEqual(definitions(`FROM plain\n${two}\n`))
  })
}
