import { expect, test } from 'vitest'
import { splitTemplate } from '../../../src/parser/interpolate/split-template.ts'

for (const { text, parts } of [
  { text: 'a:b:c', parts: ['a', 'b', 'c'] },
  { text: '${A:-x:y}:b', parts: ['${A:-x:y}', 'b'] },
  { text: '${A:-${B:-:}}:b', parts: ['${A:-${B:-:}}', 'b'] },
  { text: '${A:b', parts: ['${A:b'] },
  { text: 'a}:b', parts: ['a}', 'b'] },
  { text: '', parts: [''] },
]) {
  test(`splitTemplate() splits ${JSON.stringify(text)}`, () => {
    expect(splitTemplate(text, ':')).toEqual(parts)
  })
}
