import { describe, expect, test } from 'vitest'
import { readHealthcheck } from '../../../../src/parser/dockerfile/instructions/read-healthcheck.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

describe(`${readHealthcheck.name}()`, () => {
  test('reads NONE in any case', () => {
    expect(instructionOf('HEALTHCHECK none')).toMatchObject({ kind: 'healthcheck', command: 'none' })
  })

  test('reads every flag', () => {
    const flags = '--interval=1m30s --timeout=.5s --start-period=0 --start-interval=1ms --retries=3'
    expect(instructionOf(`HEALTHCHECK ${flags} CMD test -f /x`)).toMatchObject({
      interval: { text: '1m30s' },
      timeout: { text: '.5s' },
      startPeriod: { text: '0' },
      startInterval: { text: '1ms' },
      retries: { text: '3' },
      command: { form: 'shell', command: 'test -f /x' },
    })
  })

  test('reads an array', () => {
    const command = { form: 'exec', argv: ['a', 'b'] }
    expect(instructionOf('HEALTHCHECK --interval= cmd ["a", "b"]')).toMatchObject({
      command,
      interval: undefined,
    })
  })

  for (const { text, problems } of [
    {
      text: 'HEALTHCHECK',
      problems: ['2:1-12 [HEALTHCHECK] error: Cannot read HEALTHCHECK: CMD or NONE is missing'],
    },
    {
      text: 'HEALTHCHECK CMD',
      problems: ['2:13-16 [CMD] error: Cannot read HEALTHCHECK: the command after CMD is missing'],
    },
    {
      text: 'HEALTHCHECK CMD []',
      problems: ['2:13-19 [CMD []] error: Cannot read HEALTHCHECK: the command after CMD is missing'],
    },
    {
      text: 'HEALTHCHECK CDM x',
      problems: [
        '2:13-16 [CDM] error: Cannot read HEALTHCHECK: "CDM" is no kind of check (did you mean "CMD"?)',
      ],
    },
    {
      text: 'HEALTHCHECK curl x',
      problems: [
        '2:13-17 [curl] error: Cannot read HEALTHCHECK: "curl" is no kind of check (expected "CMD" or "NONE")',
      ],
    },
    {
      text: 'HEALTHCHECK NONE x',
      problems: ['2:18-19 [x] error: Cannot read HEALTHCHECK: nothing can follow NONE'],
    },
    {
      text: 'HEALTHCHECK --x NONE',
      problems: ['2:13-16 [--x] warning: Flag "--x" has no effect: HEALTHCHECK NONE has no flags'],
    },
    {
      text: 'HEALTHCHECK CMD ["a", 1]',
      problems: [
        '2:23-24 [1] error: Cannot read HEALTHCHECK: 1 in its array is no string (put it in quotes)',
      ],
    },
    {
      text: 'HEALTHCHECK --interval=30 --timeout=1us --start-period=-1s --retries=x --start-interval=1d CMD x',
      problems: [
        '2:24-26 [30] error: Cannot use flag "--interval" of HEALTHCHECK: it is "30", expected a duration such as "30s" or "1m30s"',
        '2:37-40 [1us] error: Cannot use flag "--timeout" of HEALTHCHECK: it is "1us", expected at least "1ms"',
        '2:56-59 [-1s] error: Cannot use flag "--start-period" of HEALTHCHECK: it is "-1s", expected at least "1ms"',
        '2:70-71 [x] error: Cannot use flag "--retries" of HEALTHCHECK: it is "x", expected a whole number',
        '2:89-91 [1d] error: Cannot use flag "--start-interval" of HEALTHCHECK: it is "1d", expected a duration such as "30s" or "1m30s"',
      ],
    },
    {
      text: 'HEALTHCHECK --retries=-1 CMD x',
      problems: [
        '2:23-25 [-1] error: Cannot use flag "--retries" of HEALTHCHECK: it is "-1", expected a whole number',
      ],
    },
    {
      text: 'HEALTHCHECK --interval=9999999h CMD x',
      problems: [
        '2:24-32 [9999999h] error: Cannot use flag "--interval" of HEALTHCHECK: it is "9999999h", which is too long',
      ],
    },
  ]) {
    test(`reports what is wrong with ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
