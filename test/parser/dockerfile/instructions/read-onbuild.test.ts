import { describe, expect, test } from 'vitest'
import { readOnbuild } from '../../../../src/parser/dockerfile/instructions/read-onbuild.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

describe(`${readOnbuild.name}()`, () => {
  for (const { text, trigger } of [
    { text: 'ONBUILD RUN a  "b"', trigger: 'RUN a  "b"' },
    { text: 'onbuild\tcopy --from=x \\\n  a b', trigger: 'copy --from=x   a b' },
    { text: 'ONBUILD RUN cat <<-EOF >x\n\ta\n\tEOF', trigger: 'RUN cat <<-EOF >x\n\ta\nEOF' },
    { text: 'ONBUILD COPY ["<<EOF", "b"]', trigger: 'COPY ["<<EOF", "b"]' },
    { text: 'ONBUILD ENV a=<<EOF', trigger: 'ENV a=<<EOF' },
  ]) {
    test(`keeps the trigger of ${JSON.stringify(text)}`, () => {
      expect(instructionOf(text)).toMatchObject({ kind: 'onbuild', trigger })
    })
  }

  for (const { text, problems } of [
    { text: 'ONBUILD', problems: ['2:1-8 [ONBUILD] error: Cannot read ONBUILD: the instruction is missing'] },
    {
      text: 'ONBUILD onbuild RUN x',
      problems: ['2:9-16 [onbuild] error: Cannot use ONBUILD in ONBUILD: it is no trigger'],
    },
    {
      text: 'ONBUILD FROM x',
      problems: ['2:9-13 [FROM] error: Cannot use FROM in ONBUILD: it is no trigger'],
    },
    {
      text: 'ONBUILD Maintainer x',
      problems: ['2:9-19 [Maintainer] error: Cannot use MAINTAINER in ONBUILD: it is no trigger'],
    },
    {
      text: 'ONBUILD --x RUN y',
      problems: ['2:9-12 [--x] error: Cannot use flag "--x" of ONBUILD: ONBUILD has no flags'],
    },
    {
      text: 'ONBUILD ENV a',
      problems: ['2:13-14 [a] error: Cannot read ENV: "a" has no value (write ENV a=VALUE)'],
    },
    {
      text: 'ONBUILD CMD [1]',
      problems: ['2:14-15 [1] error: Cannot read CMD: 1 in its array is no string (put it in quotes)'],
    },
    {
      text: 'ONBUILD RUN <<EOF\nx',
      problems: [
        '2:13-18 [<<EOF] error: Cannot read here-document "EOF": it does not end (end it with a line that is "EOF")',
      ],
    },
    {
      text: 'ONBUILD COPY x',
      problems: [
        '2:14-15 [x] warning: Cannot read COPY: the destination is missing (write COPY SOURCE DESTINATION)',
      ],
    },
    {
      text: 'ONBUILD RNU x',
      problems: ['2:9-12 [RNU] warning: Unknown instruction "RNU" (did you mean "RUN"?)'],
    },
    {
      text: 'ONBUILD STOPSIGNAL x',
      problems: [
        '2:20-21 [x] warning: Cannot use signal "x": it does not exist (a build that starts from this image fails)',
      ],
    },
  ]) {
    test(`reports what is wrong with ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
