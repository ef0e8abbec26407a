import { describe, expect, test } from 'vitest'
import { readExpose, readVolume } from '../../../../src/parser/dockerfile/instructions/read-word-lists.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

function wordsOf(text: string) {
  const instruction = instructionOf(text)
  if (instruction.kind === 'volume') return instruction.paths.map(word => word.text)
  return instruction.kind === 'expose' ? instruction.ports.map(word => word.text) : []
}

describe(`${readExpose.name}() and ${readVolume.name}()`, () => {
  for (const { text, words } of [
    { text: 'EXPOSE 80 443/udp  $P 1-2', words: ['80', '443/udp', '$P', '1-2'] },
    { text: 'EXPOSE ["80"]', words: ['["80"]'] },
    { text: 'VOLUME /a /b', words: ['/a', '/b'] },
    { text: 'VOLUME ["/a b", " /c "]', words: ['/a b', '/c'] },
    { text: 'VOLUME ["/v",]', words: ['["/v",]'] },
    { text: 'VOLUME "/a b"', words: ['"/a', 'b"'] },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      expect(wordsOf(text)).toEqual(words)
    })
  }

  for (const { text, problems } of [
    { text: 'EXPOSE', problems: ['2:1-7 [EXPOSE] error: Cannot read EXPOSE: the port is missing'] },
    { text: 'VOLUME []', problems: ['2:1-7 [VOLUME] error: Cannot read VOLUME: the path is missing'] },
    { text: 'VOLUME', problems: ['2:1-7 [VOLUME] error: Cannot read VOLUME: the path is missing'] },
    { text: 'VOLUME ["/a", " "]', problems: ['2:15-18 [" "] error: Cannot read VOLUME: the path is empty'] },
    {
      text: 'VOLUME [1]',
      problems: ['2:9-10 [1] error: Cannot read VOLUME: 1 in its array is no string (put it in quotes)'],
    },
    {
      text: 'EXPOSE --x 80',
      problems: ['2:8-11 [--x] error: Cannot use flag "--x" of EXPOSE: EXPOSE has no flags'],
    },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
