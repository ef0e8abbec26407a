import { describe, expect, test } from 'vitest'
import { parseTrigger } from '../../../src/parser/dockerfile/parse-trigger.ts'

const SPAN = { file: 'Dockerfile', line: 1, column: 6, endLine: 1, endColumn: 12 }

describe('parseTrigger()', () => {
  for (const { text, kind } of [
    { text: 'RUN echo $X', kind: 'run' },
    { text: 'copy a b', kind: 'copy' },
    { text: 'ARG A=1', kind: 'arg' },
    { text: 'RUN cat <<EOF\nx\nEOF', kind: 'run' },
  ]) {
    test(`reads ${JSON.stringify(text)} as ${kind}`, () => {
      const { value, diagnostics } = parseTrigger(text, SPAN)
      expect(value?.kind).toBe(kind)
      expect(diagnostics).toEqual([])
    })
  }

  test('gives every place the span of the trigger', () => {
    const { value } = parseTrigger('COPY --from=a b c', SPAN)
    expect(value).toMatchObject({
      span: SPAN,
      from: { text: 'a', span: SPAN },
      sources: [{ text: 'b', span: SPAN }],
      destination: { text: 'c', span: SPAN },
    })
  })

  test('keeps the text of here-documents', () => {
    const { value } = parseTrigger('RUN cat <<-EOF\n\tx\n\tEOF', SPAN)
    expect(value).toMatchObject({ heredocs: [{ name: 'EOF', content: 'x\n', source: '\tx\n' }] })
  })

  for (const { text, message } of [
    { text: 'COPY a', message: 'Cannot read COPY: the destination is missing' },
    { text: 'RUNN x', message: 'Unknown instruction "RUNN"' },
    { text: '', message: 'Cannot read ONBUILD trigger "": expected one instruction' },
    { text: 'FROM x', message: 'Cannot read ONBUILD trigger "FROM x": expected one instruction' },
    {
      text: 'USER a\nUSER b',
      message: 'Cannot read ONBUILD trigger "USER a\nUSER b": expected one instruction',
    },
    { text: 'STOPSIGNAL x', message: 'Cannot use signal "x": it does not exist' },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      const { value, diagnostics } = parseTrigger(text, SPAN)
      expect(value).toBeUndefined()
      expect(diagnostics.map(diagnostic => diagnostic.message)).toEqual([message])
      expect(diagnostics.map(({ code, span }) => ({ code, span }))).toEqual([
        { code: 'dockerfile', span: SPAN },
      ])
    })
  }
})
