import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'

describe('values that are secret', () => {
  const values = {
    file: 'filesecret-5f1e',
    variable: 'envsecret-77a0',
    argument: 'argsecret-90bd',
    proxy: 'proxysecret-1c',
  }
  const compose = `name: fault
services:
  a:
    image: fault:1
    build:
      context: ctx
      args: { TOKEN: "${values.argument}", HTTP_PROXY: "http://u:${values.proxy}@127.0.0.1:9" }
      secrets: [file, { source: variable, target: named }]
secrets:
  file: { file: ./secret.txt }
  variable: { environment: BUILD_SECRET }
`
  const dockerfile = (end: string): string => `FROM base:1
ARG TOKEN
COPY src /src
RUN --mount=type=secret,id=file --mount=type=secret,id=named,env=NAMED test -n "$NAMED" && test -n "$TOKEN" && wc -c < /run/secrets/file > /counted
WORKDIR /w
RUN --mount=type=secret,id=file,target=/etc/deep/file echo "\${#TOKEN}" > length; ${end}
`

  const commands = [['build'], ['plan']]

  /** Returns the files below `folder` that have a value, each behind that. */
  function placesOf(folder: string): readonly string[] {
    return Object.values(values).flatMap(value => {
      const { stdout } = spawnSync('grep', ['-rlaF', '--devices=skip', value, folder], { encoding: 'utf8' })
      return stdout
        .split('\n')
        .filter(path => path !== '')
        .map(path => `${value} in ${path}`)
    })
  }

  /** Keeps what a command writes. */
  async function keepOutput(bench: FaultBench, kept: string, words: readonly string[]): Promise<void> {
    const ran = await bench.project.run(words, { env: { BUILD_SECRET: values.variable } })
    writeFileSync(join(kept, words.join(' ')), `${ran.exitCode}\n${ran.stdout}${ran.stderr}`)
  }

  for (const end of ['true', 'exit 3']) {
    test(`are nowhere after a build whose last command is "${end}"`, async () => {
      const files = { 'ctx/Dockerfile': dockerfile(end), 'ctx/src/a': 'a', 'secret.txt': values.file }
      await using bench = await FaultBench.open({ compose, files })
      const kept = join(bench.project.state, 'kept')
      mkdirSync(kept)
      for (const progress of ['plain', 'json']) {
        for (const part of commands) await keepOutput(bench, kept, ['--progress', progress, ...part])
      }
      await keepOutput(bench, kept, ['image', 'inspect', 'fault:1'])
      await bench.project.run(['image', 'save', '-o', join(kept, 'image.tar'), 'fault:1'])
      expect(existsSync(join(kept, 'image.tar'))).toBe(end === 'true')
      expect(readFileSync(join(kept, '--progress plain build'), 'utf8')).toMatch(end === 'true' ? /^0/ : /^1/)
      // The parsed Compose file has what the Compose file has.
      rmSync(join(bench.roots.run, 'loads'), { recursive: true })
      expect([bench.roots.data, bench.roots.run, kept].flatMap(placesOf)).toEqual([])
    })
  }
})
