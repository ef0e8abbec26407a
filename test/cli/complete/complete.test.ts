import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SHELLS, shellScript } from '../../../src/cli/complete/shell-scripts.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { aProject, aService } from '../../support/model-builders.ts'
import { anObservedContainer } from '../../support/observed-container.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const project = aProject([
  { ...aService('web'), image: 'nginx:1', profiles: ['front'] },
  { ...aService('worker'), image: 'app:2' },
])

/** Returns the candidates for the last word, and what else the shell may offer. */
async function complete(...words: readonly string[]) {
  const files: (readonly string[])[] = []
  const ports = recordedPorts(['__complete', ...words], {
    loadRequested: async request => {
      files.push(request.files)
      return { project, diagnostics: [] }
    },
    findContainers: async () => ({
      ...{ kind: 'found', project: parseProjectName('shop'), services: undefined },
      containers: [anObservedContainer('gone')],
    }),
  })
  expect(await runCli(ports)).toBe(0)
  expect(ports.stderr.text).toBe('')
  const lines = ports.stdout.text.trimEnd().split('\n')
  return { words: lines.slice(0, -1).map(line => line.split('\t')[0]), directive: lines.at(-1), files, lines }
}

test.each([
  [['rest'], ['restart']],
  [['compose', 'rest'], ['restart']],
  [['image', 't'], ['tag']],
  [['up', '--force'], ['--force-recreate']],
  [
    ['up', '--proj'],
    ['--project-name', '--project-directory'],
  ],
  [['--progress', 'p'], ['plain']],
  [['up', '--progress=q'], ['--progress=quiet']],
  [
    ['up', 'w'],
    ['web', 'worker'],
  ],
  [
    ['up', 'web', ''],
    ['worker', 'gone'],
  ],
  [['-f', 'a.yaml', 'up', '-d', 'wo'], ['worker']],
  [['up', '--exit-code-from', 'we'], ['web']],
  [['--profile', ''], ['front']],
  [['completion', ''], [...SHELLS]],
  [['version', ''], []],
  [['frobnicate', ''], []],
])('complete() offers for %j', async (words, expected) => {
  expect(await complete(...words)).toMatchObject({ words: expected, directive: ':4' })
})

test.each([
  [['-f', ''], ':0'],
  [['exec', 'web', ''], ':0'],
  [['exec', 'web', '-'], ':0'],
  [['image', 'rm', ''], ':0'],
  [['--project-directory', ''], ':16'],
])('complete() leaves %j to the shell', async (words, directive) => {
  expect(await complete(...words)).toMatchObject({ words: [], directive })
})

test('complete() says what a candidate means, and reads the files that the line names', async () => {
  const { lines, files } = await complete('-f', 'a.yaml', '--file=b.yaml', 'ps', 'web')
  expect(lines).toEqual(['web\tnginx:1', ':4'])
  expect(files).toEqual([['a.yaml', 'b.yaml']])
})

test('complete() offers nothing where the file cannot be loaded', async () => {
  const ports = recordedPorts(['__complete', 'up', ''], {
    loadRequested: async () => {
      throw new Error('Cannot read the file')
    },
  })
  expect(await runCli(ports)).toBe(0)
  expect([ports.stdout.text, ports.stderr.text]).toEqual([':4\n', ''])
})

test.each([
  ['tcompose up w', ['web', 'worker']],
  ['tcompose --progress=pl', ['plain']],
  ['tcompose up --pro', ['--progress', '--project-name']],
])('bash completes %j', (line, expected) => {
  using folder = temporaryFolder()
  const programs = join(folder.path, 'bin')
  mkdirSync(programs)
  const answers = [
    '#!/bin/sh',
    'case "$*" in',
    "*' w') printf 'web\\timage\\nworker\\t\\n:4\\n' ;;",
    "*=pl) printf -- '--progress=plain\\t\\n:4\\n' ;;",
    "*--pro) printf -- '--progress\\tx\\n--project-name\\ty\\n:4\\n' ;;",
    'esac',
  ]
  writeFileSync(join(programs, 'tcompose'), `${answers.join('\n')}\n`, { mode: 0o755 })
  writeFileSync(join(folder.path, 'script'), shellScript('bash'))
  const words = line.split(/\s+|(=)/).filter(Boolean)
  const program = [
    `PATH=${programs}:$PATH`,
    'compopt() { :; }',
    `source ${join(folder.path, 'script')}`,
    `COMP_LINE='${line}'`,
    `COMP_POINT=${line.length}`,
    `COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')})`,
    `COMP_CWORD=${words.length - 1}`,
    '_tcompose',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ]
  const output = execFileSync('bash', ['--norc', '-c', program.join('\n')], { encoding: 'utf8' })
  expect(output.trimEnd().split('\n')).toEqual(expected)
})
