import { describe, expect, test } from 'vitest'
import { inlinePlace } from '../../../src/parser/project/inline-dockerfile.ts'
import { loadMemory } from '../../support/memory-project.ts'

const ENVIRONMENT = { NAME: 'alpine', TWO: 'RUN a\nRUN b' }

/** Returns the text, and what the Compose file has at each line and column that `places` names. */
function placesOf(value: string, places: readonly (readonly [number, number])[]) {
  const file = `services:\n  web:\n    build:\n      dockerfile_inline: ${value}\n`
  const { value: project, diagnostics } = loadMemory({
    files: { 'compose.yaml': file },
    environment: ENVIRONMENT,
  })
  const dockerfile = project?.services.get('web')?.build?.dockerfile
  if (dockerfile?.kind !== 'inline') throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const lines = file.split('\n')
  const place = inlinePlace(dockerfile)
  return places.map(([line, column]) => {
    const span = place(line, column)
    return lines[span.line - 1]?.slice(span.column - 1)
  })
}

const WHOLE = /^[|>"'F]/

const cases: readonly {
  readonly name: string
  readonly value: string
  readonly places: readonly (readonly [line: number, column: number])[]
  readonly found: readonly unknown[]
}[] = [
  {
    name: 'a literal block',
    value: '|\n        FROM a\n\n        RUN b \\\n          c\n',
    places: [
      [1, 1],
      [1, 6],
      [3, 5],
      [4, 3],
    ],
    found: ['FROM a', 'a', 'b \\', 'c'],
  },
  {
    name: 'a literal block with an indentation indicator, a chomping indicator and a comment',
    value: '|2- # note\n          FROM a\n        RUN b\n',
    places: [
      [1, 3],
      [2, 1],
    ],
    found: ['FROM a', 'RUN b'],
  },
  {
    name: 'a literal block that begins with empty lines',
    value: '|\n\n\n        FROM a\n',
    places: [[3, 1]],
    found: ['FROM a'],
  },
  {
    name: 'lines behind variables',
    value: '|\n        FROM $NAME\n        RUN b\n',
    places: [
      [1, 1],
      [2, 5],
    ],
    found: ['FROM $NAME', 'b'],
  },
  {
    name: 'lines around a variable whose value has several lines',
    value: '|\n        FROM a\n        $TWO\n        RUN c\n',
    places: [
      [1, 6],
      [2, 1],
      [4, 5],
    ],
    found: ['a', expect.stringMatching(WHOLE), 'c'],
  },
  { name: 'a plain text', value: 'FROM a', places: [[1, 6]], found: ['a'] },
  { name: 'a single-quoted text', value: "'FROM a'", places: [[1, 6]], found: ["a'"] },
  {
    name: 'a double-quoted text with line breaks',
    value: '"FROM a\\nRUN b\\\\n\\nRUN c"',
    places: [
      [1, 6],
      [2, 5],
      [3, 5],
    ],
    found: ['a\\nRUN b\\\\n\\nRUN c"', 'b\\\\n\\nRUN c"', 'c"'],
  },
  {
    name: 'no line of a folded text',
    value: '>\n        FROM a\n\n        RUN b\n',
    places: [[2, 1]],
    found: ['>'],
  },
]

describe('inlinePlace()', () => {
  for (const { name, value, places, found } of cases) {
    test(`finds ${name}`, () => {
      expect(placesOf(value, places)).toEqual(found)
    })
  }
})
