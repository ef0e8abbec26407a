import { expect, test } from 'vitest'
import { explanationText, variableText } from '../../../src/cli/views/explanation-text.ts'

const EVIL = 'a\u001b[2J\u009b31m\u202eb\u007f'
const SPAN = { file: EVIL, line: 1, column: 1, endLine: 1, endColumn: 2 }

test('explanations hold no control characters of files, variables and values', () => {
  const origin = { kind: 'env-file', file: EVIL, span: undefined } as const
  const texts = [
    explanationText(
      [
        {
          path: EVIL,
          value: EVIL,
          steps: [
            { kind: 'extends', span: SPAN, target: EVIL },
            { kind: 'written', role: 'base', span: SPAN, value: EVIL, outcome: 'final' },
            { kind: 'variable', name: EVIL, expression: EVIL, value: EVIL, origin },
          ],
        },
      ],
      false,
    ),
    variableText(
      {
        name: EVIL,
        value: EVIL,
        candidates: [{ origin, value: EVIL, wins: true }],
        uses: [{ path: [EVIL], span: SPAN, expression: EVIL, value: EVIL, origin }],
        services: new Map([[EVIL, EVIL]]),
      },
      false,
    ),
  ]
  for (const text of texts) expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
})
