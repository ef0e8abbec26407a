import { describe, expect, test } from 'vitest'
import { checkDockerfile } from '../../../src/parser/dockerfile/check-dockerfile.ts'
import type { CheckKnowledge } from '../../../src/parser/dockerfile/checks/check.ts'
import { CHECKS } from '../../../src/parser/dockerfile/checks/checks.ts'
import { dockerfileOf, showProblems } from '../../support/dockerfile-text.ts'

function findingsOf(text: string, knowledge?: CheckKnowledge): readonly string[] {
  return showProblems(text, checkDockerfile(dockerfileOf(text), knowledge))
}

interface CheckCase {
  readonly text: string
  readonly findings: readonly string[]
  readonly knowledge?: CheckKnowledge
}

const EXPERIMENTAL = '# check=experimental=all\n'
const VARIABLES: CheckKnowledge = {
  variablesOf: ({ image }) => (image.text === 'known' ? ['JAVA_HOME'] : undefined),
}

const CASES: Readonly<Record<string, readonly CheckCase[]>> = {
  StageNameCasing: [
    { text: 'FROM a AS b', findings: [] },
    {
      text: 'FROM a AS Bc',
      findings: ['1:11-13 [Bc] warning: StageNameCasing: stage "Bc" is not in lower case (write "bc")'],
    },
  ],
  FromAsCasing: [
    { text: 'from a as b', findings: [] },
    {
      text: 'FROM a as b',
      findings: ['1:8-10 [as] warning: FromAsCasing: "as" is in another case than "FROM" (write "AS")'],
    },
    {
      text: 'from a As b',
      findings: ['1:8-10 [As] warning: FromAsCasing: "As" is in another case than "from" (write "as")'],
    },
    {
      text: 'From a aS b',
      findings: [
        '1:1-5 [From] warning: ConsistentInstructionCasing: "From" is not in upper case as most instructions are (write "FROM")',
      ],
    },
  ],
  NoEmptyContinuation: [
    { text: 'FROM a\nRUN b \\\n# c\n d', findings: [] },
    {
      text: 'FROM a\nRUN b \\\n\n \n d',
      findings: ['3:1-1 [] warning: NoEmptyContinuation: an empty line is within an instruction (remove it)'],
    },
  ],
  ConsistentInstructionCasing: [
    {
      text: 'from a\nrun b\nUSER c',
      findings: [
        '3:1-5 [USER] warning: ConsistentInstructionCasing: "USER" is not in lower case as most instructions are (write "user")',
      ],
    },
    {
      text: 'FROM a\nrun b\nUser c',
      findings: [
        '2:1-4 [run] warning: ConsistentInstructionCasing: "run" is not in upper case as most instructions are (write "RUN")',
        '3:1-5 [User] warning: ConsistentInstructionCasing: "User" is not in upper case as most instructions are (write "USER")',
      ],
    },
    { text: 'arg a\nFROM b', findings: [] },
  ],
  DuplicateStageName: [
    {
      text: 'FROM a AS x\nFROM b AS y\nFROM c AS x',
      findings: [
        '3:11-12 [x] warning: DuplicateStageName: a stage above is called "x" too (give the stage another name) <- 1:11-12 [x] "x" is defined here',
      ],
    },
  ],
  ReservedStageName: [
    {
      text: 'FROM a AS scratch\nFROM b AS context',
      findings: [
        '1:11-18 [scratch] warning: ReservedStageName: "scratch" is reserved (give the stage another name)',
        '2:11-18 [context] warning: ReservedStageName: "context" is reserved (give the stage another name)',
      ],
    },
  ],
  JSONArgsRecommended: [
    { text: 'FROM a\nCMD ["b"]\nENTRYPOINT []', findings: [] },
    {
      text: 'FROM a\nENTRYPOINT b',
      findings: [
        '2:1-11 [ENTRYPOINT] warning: JSONArgsRecommended: ENTRYPOINT is run by a shell, which does not pass signals on (write ENTRYPOINT as a JSON array such as ["PROGRAM", "ARGUMENT"])',
      ],
    },
    { text: 'FROM a AS b\nSHELL ["x"]\nFROM b\nCMD c', findings: [] },
    {
      text: 'FROM a\nCMD c\nSHELL ["x"]',
      findings: [
        '2:1-4 [CMD] warning: JSONArgsRecommended: CMD is run by a shell, which does not pass signals on (write CMD as a JSON array such as ["PROGRAM", "ARGUMENT"])',
      ],
    },
  ],
  MaintainerDeprecated: [
    {
      text: 'FROM a\nMAINTAINER b',
      findings: [
        '2:1-11 [MAINTAINER] warning: MaintainerDeprecated: MAINTAINER is deprecated (write LABEL org.opencontainers.image.authors=...)',
      ],
    },
  ],
  UndefinedArgInFrom: [
    { text: 'ARG A=x\nFROM --platform=$BUILDPLATFORM $A:${B:-1}', findings: [] },
    {
      text: 'ARG NODE=x\nFROM --platform=$P ${NDOE}y',
      findings: [
        '2:17-19 [$P] warning: UndefinedArgInFrom: argument "P" is not declared above the first FROM',
        '2:20-28 [${NDOE}y] warning: UndefinedArgInFrom: argument "NDOE" is not declared above the first FROM (did you mean "NODE"?)',
      ],
    },
  ],
  UndefinedVar: [
    { text: 'FROM scratch\nARG A=1 B=$A\nENV C=$B D=${E:-$PATH}\nUSER $C', findings: [] },
    {
      text: 'FROM scratch\nENV A=$A',
      findings: ['2:7-9 [$A] warning: UndefinedVar: variable "A" is not declared'],
    },
    {
      text: "FROM scratch\nLABEL a='$X' b=\\$Y c=\"'$Z'\"",
      findings: ['2:22-28 ["\'$Z\'"] warning: UndefinedVar: variable "Z" is not declared'],
    },
    {
      text: 'FROM x\nARG VERSION\nCOPY $VERSOIN $HOME /d',
      findings: [
        '3:6-14 [$VERSOIN] warning: UndefinedVar: variable "VERSOIN" is not declared (did you mean "VERSION"?)',
      ],
    },
    {
      text: 'FROM known\nCOPY $JAVA_HOME ${X} /d',
      knowledge: VARIABLES,
      findings: ['2:17-21 [${X}] warning: UndefinedVar: variable "X" is not declared'],
    },
    { text: 'FROM scratch AS a\nENV A=1\nFROM a\nUSER $A\nRUN $B\nCMD ["$B"]\nEXPOSE $B', findings: [] },
    {
      text: 'FROM scratch\nCOPY <<A <<"B" /d\n"$X\'$Y\'\nA\n$Z\nB',
      findings: [
        '2:6-9 [<<A] warning: UndefinedVar: variable "X" is not declared',
        '2:6-9 [<<A] warning: UndefinedVar: variable "Y" is not declared',
      ],
    },
    {
      text: 'FROM scratch\nRUN --mount=target=$T true\nWORKDIR /$W\nVOLUME $V\nSTOPSIGNAL $S',
      findings: [
        '2:20-22 [$T] warning: UndefinedVar: variable "T" is not declared',
        '3:9-12 [/$W] warning: UndefinedVar: variable "W" is not declared',
        '4:8-10 [$V] warning: UndefinedVar: variable "V" is not declared',
        '5:12-14 [$S] warning: UndefinedVar: variable "S" is not declared',
      ],
    },
    {
      text: 'ARG G\nFROM scratch\nCOPY --chown=$G a b',
      findings: ['3:14-16 [$G] warning: UndefinedVar: variable "G" is not declared'],
    },
  ],
  WorkdirRelativePath: [
    { text: 'FROM a AS b\nWORKDIR "/c"\nWORKDIR d\nFROM b\nWORKDIR e\nFROM a\nWORKDIR $F', findings: [] },
    {
      text: 'FROM a\nWORKDIR b\nWORKDIR c',
      findings: [
        '2:9-10 [b] warning: WorkdirRelativePath: "b" is relative, so where it is depends on the base image (write an absolute path such as "/b")',
      ],
    },
  ],
  LegacyKeyValueFormat: [
    {
      text: 'FROM a\nENV b c\nLABEL d e',
      findings: [
        '2:5-6 [b] warning: LegacyKeyValueFormat: a blank is between name and value of ENV (write b=VALUE)',
        '3:7-8 [d] warning: LegacyKeyValueFormat: a blank is between name and value of LABEL (write d=VALUE)',
      ],
    },
  ],
  MultipleInstructionsDisallowed: [
    { text: 'FROM a\nCMD ["b"]\nFROM a\nCMD ["c"]', findings: [] },
    {
      text: 'FROM a\nCMD ["b"]\nHEALTHCHECK NONE\nCMD ["c"]\nHEALTHCHECK CMD d',
      findings: [
        '2:1-4 [CMD] warning: MultipleInstructionsDisallowed: CMD has no effect: another one follows in the stage (remove one of them) <- 4:1-4 [CMD] this one follows',
        '3:1-12 [HEALTHCHECK] warning: MultipleInstructionsDisallowed: HEALTHCHECK has no effect: another one follows in the stage (remove one of them) <- 5:1-12 [HEALTHCHECK] this one follows',
      ],
    },
  ],
  RedundantTargetPlatform: [
    {
      text: 'FROM --platform=${TARGETPLATFORM} a\nFROM --platform=$TARGETPLATFORM-x a',
      findings: [
        '1:17-34 [${TARGETPLATFORM}] warning: RedundantTargetPlatform: "${TARGETPLATFORM}" is the platform of every FROM (remove --platform)',
      ],
    },
  ],
  SecretsUsedInArgOrEnv: [
    { text: 'FROM a\nARG TOKEN_FILE PUBLIC_KEY KEYBOARD\nENV MONKEY=1', findings: [] },
    {
      text: 'FROM a\nARG api_key=x B\nENV C=1 DB_PASSWORD=y',
      findings: [
        '2:5-14 [api_key=x] warning: SecretsUsedInArgOrEnv: ARG "api_key" looks like a secret, and the image shows it (use RUN --mount=type=secret)',
        '3:9-20 [DB_PASSWORD] warning: SecretsUsedInArgOrEnv: ENV "DB_PASSWORD" looks like a secret, and the image shows it (use RUN --mount=type=secret)',
      ],
    },
  ],
  InvalidDefaultArgInFrom: [
    {
      text: 'ARG A=x:1\nARG B=${A}-y\nARG C\nFROM $B\nFROM a${C}\nFROM ${C:-z}\nFROM ${C:+Z}a\nFROM "a$C"',
      findings: [],
    },
    {
      text: 'ARG A\nARG T=1\nFROM a:$A\nFROM ${A}b/$A:$T',
      findings: [
        '3:6-10 [a:$A] warning: InvalidDefaultArgInFrom: without arguments "a:$A" is "a:", which is no name of an image (give the argument a default: ARG NAME=VALUE)',
        '4:6-17 [${A}b/$A:$T] warning: InvalidDefaultArgInFrom: without arguments "${A}b/$A:$T" is "b/:1", which is no name of an image (give the argument a default: ARG NAME=VALUE)',
      ],
    },
    { text: 'ARG A\nFROM ${A%x}\nFROM $A\\b', findings: [] },
  ],
  FromPlatformFlagConstDisallowed: [
    {
      text: 'FROM --platform=linux/arm64 a AS build-arm64\nFROM --platform=linux/x86_64 a AS b_amd64\nFROM --platform=$BUILDPLATFORM a',
      findings: [],
    },
    {
      text: 'FROM --platform=linux/arm64 a AS b',
      findings: [
        '1:17-28 [linux/arm64] warning: FromPlatformFlagConstDisallowed: platform "linux/arm64" is constant (write --platform=$BUILDPLATFORM, or name the platform with the build)',
      ],
    },
  ],
  CopyIgnoredFile: [
    {
      text: `${EXPERIMENTAL}FROM a\nCOPY x /y b /d\nADD https://x x/z /d\nCOPY --from=a x /\nCOPY <<x /\nx`,
      knowledge: { isIgnored: path => path.startsWith('x') || path === 'y' },
      findings: [
        '3:6-7 [x] warning: CopyIgnoredFile: "x" is left out by .dockerignore',
        '3:8-10 [/y] warning: CopyIgnoredFile: "/y" is left out by .dockerignore',
        '4:15-18 [x/z] warning: CopyIgnoredFile: "x/z" is left out by .dockerignore',
      ],
    },
    { text: `${EXPERIMENTAL}FROM a\nCOPY x /d`, findings: [] },
    { text: 'FROM a\nCOPY x /d', knowledge: { isIgnored: () => true }, findings: [] },
  ],
  InvalidDefinitionDescription: [
    { text: `${EXPERIMENTAL}# b is it\nFROM a AS b\n# x\n# c too\nARG c d=1\n# z\n\nARG e`, findings: [] },
    {
      text: `${EXPERIMENTAL}# x\nFROM a AS b\n# y\nARG c\n# y\nARG d e`,
      findings: [
        '3:1-5 [FROM] warning: InvalidDefinitionDescription: the comment above FROM does not begin with the name that is defined (write "# b DESCRIPTION", or an empty line below the comment)',
        '5:1-4 [ARG] warning: InvalidDefinitionDescription: the comment above ARG does not begin with the name that is defined (write "# c DESCRIPTION", or an empty line below the comment)',
        '7:1-4 [ARG] warning: InvalidDefinitionDescription: the comment above ARG does not begin with the name that is defined (write "# NAME DESCRIPTION", or an empty line below the comment)',
      ],
    },
  ],
  ExposeProtoCasing: [
    {
      text: 'FROM a\nEXPOSE 80/tcp 81/UDP $P/X',
      findings: [
        '2:15-21 [81/UDP] warning: ExposeProtoCasing: protocol "UDP" is not in lower case (write "udp")',
        '2:22-26 [$P/X] warning: ExposeProtoCasing: protocol "X" is not in lower case (write "x")',
      ],
    },
  ],
  ExposeInvalidFormat: [
    { text: 'FROM a\nEXPOSE 80 ${P:-80} :80', findings: [] },
    {
      text: 'FROM a\nEXPOSE 1:2 127.0.0.1::80/tcp',
      findings: [
        '2:8-11 [1:2] warning: ExposeInvalidFormat: "1:2" has an address or a port of the host (write "2")',
        '2:12-29 [127.0.0.1::80/tcp] warning: ExposeInvalidFormat: "127.0.0.1::80/tcp" has an address or a port of the host (write "80/tcp")',
      ],
    },
  ],
}

describe('checkDockerfile()', () => {
  for (const { name } of CHECKS) {
    for (const { text, findings, knowledge } of CASES[name] ?? []) {
      test(`${name}: ${JSON.stringify(text)}`, () => {
        expect(findingsOf(text, knowledge)).toEqual(findings)
      })
    }
  }

  test('has a case for every check', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(CHECKS.map(({ name }) => name).toSorted())
  })

  const untidy = 'FROM a as B\nCMD c'
  for (const { directive, names, severity } of [
    { directive: '', names: ['FromAsCasing', 'StageNameCasing', 'JSONArgsRecommended'], severity: 'warning' },
    {
      directive: '# check=skip=StageNameCasing,JSONArgsRecommended\n',
      names: ['FromAsCasing'],
      severity: 'warning',
    },
    { directive: '# check=skip=all;error=true\n', names: [], severity: 'error' },
    {
      directive: '# check=skip=FromAsCasing;error=true\n',
      names: ['StageNameCasing', 'JSONArgsRecommended'],
      severity: 'error',
    },
  ]) {
    test(`honours ${JSON.stringify(directive)}`, () => {
      const found = checkDockerfile(dockerfileOf(directive + untidy))
      expect(found.map(({ message }) => message.split(':')[0])).toEqual(names)
      expect(found.every(diagnostic => diagnostic.severity === severity)).toBe(true)
      expect(found.every(({ code }) => code === 'dockerfile-check')).toBe(true)
    })
  }
})
