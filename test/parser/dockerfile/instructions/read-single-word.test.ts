import { describe, expect, test } from 'vitest'
import {
  readMaintainer,
  readStopsignal,
  readUser,
  readWorkdir,
} from '../../../../src/parser/dockerfile/instructions/read-single-word.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

describe(`${readMaintainer.name}(), ${readStopsignal.name}(), ${readUser.name}(), ${readWorkdir.name}()`, () => {
  for (const { text, expected } of [
    {
      text: 'MAINTAINER "Some One" <x@y> ',
      expected: { kind: 'maintainer', name: { text: '"Some One" <x@y>' } },
    },
    { text: 'USER $U:g', expected: { kind: 'user', user: { text: '$U:g' } } },
    { text: 'WORKDIR /a b/"c"', expected: { kind: 'workdir', path: { text: '/a b/"c"' } } },
    { text: 'WORKDIR ["/a"]', expected: { kind: 'workdir', path: { text: '["/a"]' } } },
    { text: 'STOPSIGNAL sigterm', expected: { kind: 'stopsignal', signal: { text: 'sigterm' } } },
    { text: 'STOPSIGNAL RTMIN+3', expected: { kind: 'stopsignal', signal: { text: 'RTMIN+3' } } },
    { text: 'STOPSIGNAL 99', expected: { kind: 'stopsignal', signal: { text: '99' } } },
    { text: 'STOPSIGNAL ${S}', expected: { kind: 'stopsignal', signal: { text: '${S}' } } },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      expect(instructionOf(text)).toMatchObject(expected)
      expect(problemsOf(`FROM base\n${text}`)).toEqual([])
    })
  }

  for (const { text, problems } of [
    { text: 'USER', problems: ['2:1-5 [USER] error: Cannot read USER: the user is missing'] },
    { text: 'WORKDIR  ', problems: ['2:1-8 [WORKDIR] error: Cannot read WORKDIR: the path is missing'] },
    {
      text: 'MAINTAINER',
      problems: ['2:1-11 [MAINTAINER] error: Cannot read MAINTAINER: the name is missing'],
    },
    {
      text: 'STOPSIGNAL',
      problems: ['2:1-11 [STOPSIGNAL] error: Cannot read STOPSIGNAL: the signal is missing'],
    },
    { text: 'USER --x y', problems: ['2:6-9 [--x] error: Cannot use flag "--x" of USER: USER has no flags'] },
    {
      text: 'STOPSIGNAL --x 9',
      problems: ['2:12-15 [--x] warning: Flag "--x" has no effect: STOPSIGNAL has no flags'],
    },
    { text: 'STOPSIGNAL 0', problems: ['2:12-13 [0] error: Cannot use signal "0": it does not exist'] },
    {
      text: 'STOPSIGNAL SIGTREM',
      problems: [
        '2:12-19 [SIGTREM] error: Cannot use signal "SIGTREM": it does not exist (did you mean "SIGTERM"?)',
      ],
    },
  ]) {
    test(`reports what is wrong with ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
