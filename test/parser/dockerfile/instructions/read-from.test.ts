import { describe, expect, test } from 'vitest'
import { readFrom } from '../../../../src/parser/dockerfile/instructions/read-from.ts'
import { dockerfileOf, problemsOf } from '../../../support/dockerfile-text.ts'

describe(`${readFrom.name}()`, () => {
  for (const { text, image, name, platform } of [
    { text: 'FROM alpine', image: 'alpine' },
    { text: 'from\talpine  As  Build-1.2_x', image: 'alpine', name: 'Build-1.2_x' },
    {
      text: 'FROM --platform=linux/arm64 ${A:-b}:${C} AS x',
      image: '${A:-b}:${C}',
      name: 'x',
      platform: 'linux/arm64',
    },
    { text: 'FROM --platform= alpine', image: 'alpine' },
    { text: 'FROM --platform="$BUILDPLATFORM" -- alpine', image: 'alpine', platform: '$BUILDPLATFORM' },
    { text: 'FROM \\\n# why\n alpine \\\n AS x', image: 'alpine', name: 'x' },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      const from = dockerfileOf(text).stages[0]?.from
      expect(from?.image.text).toBe(image)
      expect(from?.name?.text).toBe(name)
      expect(from?.platform?.text).toBe(platform)
    })
  }

  for (const { text, problems } of [
    {
      text: 'FROM',
      problems: [
        '1:1-5 [FROM] error: Cannot read FROM: the image is missing (write FROM IMAGE or FROM IMAGE AS NAME)',
      ],
    },
    {
      text: 'FROM a b',
      problems: [
        '1:8-9 [b] error: Cannot read FROM: "b" follows the image, expected "AS" (write FROM IMAGE or FROM IMAGE AS NAME)',
      ],
    },
    {
      text: 'FROM a as',
      problems: [
        '1:8-10 [as] error: Cannot read FROM: the name of the stage is missing (write FROM IMAGE or FROM IMAGE AS NAME)',
      ],
    },
    {
      text: 'FROM a AS b c',
      problems: [
        '1:13-14 [c] error: Cannot read FROM: "c" follows the name of the stage (write FROM IMAGE or FROM IMAGE AS NAME)',
      ],
    },
    {
      text: 'FROM a AS 1b',
      problems: [
        '1:11-13 [1b] error: Cannot name the stage "1b": expected letters, digits, "-", "_" and ".", with a letter first',
      ],
    },
    {
      text: 'FROM --platfrom=x a AS b$',
      problems: [
        '1:6-18 [--platfrom=x] error: Cannot use flag "--platfrom" of FROM: there is no such flag (did you mean "--platform"?)',
        '1:24-26 [b$] error: Cannot name the stage "b$": expected letters, digits, "-", "_" and ".", with a letter first',
      ],
    },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(text)).toEqual(problems)
    })
  }
})
