import { expect, test } from 'vitest'
import { expandText, expandWord, expandWords } from '../../../src/planner/build/expand-word.ts'

const VALUES: ReadonlyMap<string, string> = new Map([
  ['X', 'value'],
  ['EMPTY', ''],
  ['TWO', 'one two'],
  ['P', 'a/b/c.tar.gz'],
  ['F', 'foofoo'],
  ['Q', 'a"b\'c'],
  ['ü', 'umlaut'],
])

const lookup = (name: string): string | undefined => VALUES.get(name)

const words: ReadonlyArray<readonly [text: string, expanded: string]> = [
  ['', ''],
  ['plain', 'plain'],
  ['$X', 'value'],
  ['${X}', 'value'],
  ['a${X}b', 'avalueb'],
  ['$X$X', 'valuevalue'],
  ['$NO', ''],
  ['$Xy', ''],
  ['$X-y', 'value-y'],
  ['$X.y', 'value.y'],
  ['$ü', 'umlaut'],
  ['$', '$'],
  ['a$', 'a$'],
  ['$.', '$.'],
  ['$ x', '$ x'],
  ['$$', ''],
  ['$1', ''],
  ['$12a', 'a'],
  ['$@x', 'x'],
  ["'$X'", '$X'],
  ['"$X"', 'value'],
  ['"a b"', 'a b'],
  ['\\$X', '$X'],
  ['"\\$X"', '$X'],
  ['"\\a"', '\\a'],
  ['\\a', 'a'],
  ['"\\""', '"'],
  ['"it\'s"', "it's"],
  ["'a\\'", 'a\\'],
  ['a\\', 'a'],
  ['"a\\\\b"', 'a\\b'],
  ['"`"', '`'],
  ['$Q', 'a"b\'c'],
  ['${X:-w}', 'value'],
  ['${NO:-w}', 'w'],
  ['${EMPTY:-w}', 'w'],
  ['${EMPTY-w}', ''],
  ['${NO-w}', 'w'],
  ['${NO-}', ''],
  ['${X:+w}', 'w'],
  ['${EMPTY:+w}', ''],
  ['${EMPTY+w}', 'w'],
  ['${NO+w}', ''],
  ['${X:?w}', 'value'],
  ['${EMPTY?w}', ''],
  ['${NO:-$X}', 'value'],
  ['${NO:-${NO:-deep}}', 'deep'],
  ['${NO:-"a}b"}', 'a}b'],
  ['${NO:-a\\}b}', 'a}b'],
  ['${NO:-a b}', 'a b'],
  ['"${NO:-"a b"}"', 'a b'],
  ['${P#*/}', 'b/c.tar.gz'],
  ['${P##*/}', 'c.tar.gz'],
  ['${P%.*}', 'a/b/c.tar'],
  ['${P%%.*}', 'a/b/c'],
  ['${P##nomatch}', 'a/b/c.tar.gz'],
  ['${P#?}', '/b/c.tar.gz'],
  ['${P%/*}', 'a/b'],
  ['${F/foo/bar}', 'barfoo'],
  ['${F//foo/bar}', 'barbar'],
  ['${F//o/}', 'ff'],
  ['${F/x/y}', 'foofoo'],
  ['${P/?.tar/x}', 'a/b/x.gz'],
  ['${P//\\//-}', 'a-b-c.tar.gz'],
  ['${P/a*c/$X}', 'value.tar.gz'],
  ['${F/f*o/}', ''],
  ['${NO/a/b}', ''],
  ['${F//o/$NO}', 'ff'],
]
for (const [text, expanded] of words) {
  test(`expandWord() makes ${JSON.stringify(expanded)} of ${text}`, () => {
    expect(expandWord(text, lookup, '\\')).toBe(expanded)
  })
}

const mistakes: ReadonlyArray<readonly [text: string, message: RegExp]> = [
  ['${X', /a substitution has no end/],
  ['${', /a substitution has no end/],
  ['${}', /bad substitution/],
  ['${:x}', /bad substitution/],
  ['${{X}}', /bad substitution/],
  ['${X:-a', /its end is missing, expected "}"/],
  ['${X:}', /unsupported modifier \(:}\)/],
  ['${X:1:2}', /unsupported modifier \(:1\)/],
  ['${X:', /unsupported modifier \(:\)/],
  ['${X^^}', /unsupported modifier \(\^\)/],
  ['${X@Q}', /unsupported modifier \(@\)/],
  ['${NO:?tell me}', /^NO: tell me$/],
  ['${NO?}', /^NO: is not allowed to be unset/],
  ['${EMPTY:?}', /^EMPTY: is not allowed to be unset or empty$/],
  ['${X/a}', /its end is missing, expected "\/"/],
  ['${X/a/b', /its end is missing, expected "}"/],
  ['${X#\\a}', /invalid escape \(\\a\)/],
  ["'a", /a quote has no end, expected '/],
  ['"a', /a quote has no end, expected "/],
]
for (const [text, message] of mistakes) {
  test(`expandWord() refuses ${text}`, () => {
    expect(() => expandWord(text, lookup, '\\')).toThrow(message)
  })
}

test('expandWord() takes the escape character of the Dockerfile', () => {
  expect(expandWord('`$X "`$X" C:\\a', lookup, '`')).toBe('$X $X C:\\a')
})

const lists: ReadonlyArray<readonly [text: string, words: readonly string[]]> = [
  ['', []],
  ['$NO', []],
  ['a', ['a']],
  ['  a  b ', ['a', 'b']],
  ['$TWO', ['one', 'two']],
  ['x$TWO', ['xone', 'two']],
  ['"$TWO"', ['one two']],
  ["'a b' c", ['a b', 'c']],
  ['a\\ b', ['a b']],
  ['80 $NO 81', ['80', '81']],
]
for (const [text, expanded] of lists) {
  test(`expandWords() makes ${JSON.stringify(expanded)} of ${JSON.stringify(text)}`, () => {
    expect(expandWords(text, lookup, '\\')).toEqual(expanded)
  })
}

test('expandText() leaves quotes as they are', () => {
  expect(expandText('say "$X" and \'${X}\'\n\\$X $NO.\n', lookup)).toBe('say "value" and \'value\'\n$X .\n')
})
