import { describe, expect, test } from 'vitest'
import { loadMemory } from '../../support/memory-project.ts'

/** Loads a file with one secret, `s`, and one config, `c`; `lines` are those of service `web` from line 4 on. */
function problemsOf(lines: string, rest = 'secrets: {s: {file: ./s}}\nconfigs: {c: {file: ./c}}\n') {
  const text = `services:\n  web:\n    image: alpine\n${lines}\n${rest}`
  return loadMemory({ files: { 'compose.yaml': text } }).diagnostics.map(
    ({ code, message, span }) => `${span?.line}:${span?.column} ${code} ${message}`,
  )
}

describe('checkServiceFiles()', () => {
  test.for<readonly [string, string]>([
    [
      '    secrets: [{source: s, target: /}]',
      '4:35 bad-value Cannot mount secret "s" at "/" in service "web": expected the path of a file',
    ],
    [
      '    configs: [{source: c, target: /proc/x}]',
      '4:35 bad-value Cannot mount config "c" at "/proc/x" in service "web": it is in /proc, which is reserved for the kernel',
    ],
    [
      '    secrets: [{source: s, target: ../../etc/passwd}]',
      '4:35 bad-value Cannot mount secret "s" at "../../etc/passwd" in service "web": a relative target may not climb with ".."',
    ],
    ['    secrets: [{target: x}]', '4:15 missing-key A secret of service "web" has no "source"'],
    [
      '    secrets: [{source: s, uid: app}]',
      '4:32 bad-value Cannot use uid "app": expected a number from 0 to 4294967294',
    ],
    [
      '    configs: [{source: c, gid: "4294967295"}]',
      '4:32 bad-value Cannot use gid "4294967295": expected a number from 0 to 4294967294',
    ],
    [
      '    secrets: [s, {source: s, target: s}]',
      '4:18 conflicting-keys Service "web" mounts two things at "/run/secrets/s"',
    ],
    ['    configs: [c]\n    tmpfs: [/c]', '4:15 conflicting-keys Service "web" mounts two things at "/c"'],
    ['    configs: [d]', '4:15 undefined-reference Service "web" uses config "d", which is not declared'],
  ])('%s is one problem at its place', ([lines, problem]) => {
    expect(problemsOf(lines)).toEqual([problem])
  })
})

describe('checkSecrets()', () => {
  test.for<readonly [string, string]>([
    [
      '{s: {file: ./s, x-tcompose: {command: [a]}}}',
      '5:11 conflicting-keys Secret "s" takes its content from file and x-tcompose.command, expected one of file, environment',
    ],
    ['{s: {x-tcompose: {}}}', '5:27 missing-key Cannot use "x-tcompose": expected a map with "command"'],
    ['{s: {x-tcompose: {command: a}}}', '5:37 wrong-type Cannot use "command": expected a list of words'],
    ['{s: {x-tcompose: {command: []}}}', '5:37 wrong-type Cannot use "command": expected a list of words'],
    [
      '{s: {x-tcompose: {command: [a], timeout: soon}}}',
      '5:51 bad-value Cannot use "timeout": expected a duration such as 10s',
    ],
    [
      '{s: {x-tcompose: {command: [a], timeuot: 1s}}}',
      '5:42 unknown-key Unknown key "timeuot" in "x-tcompose"',
    ],
    [
      '{s: {external: true, file: ./s}}',
      '5:31 conflicting-keys Secret "s" is external, so it cannot set "file"',
    ],
    ['{s: {file: " "}}', '5:21 bad-value Cannot use file " ": expected a path'],
  ])('secrets: %s is one problem at its place', ([secrets, problem]) => {
    expect(problemsOf('    secrets: [s]', `secrets: ${secrets}\n`)).toEqual([problem])
  })
})
