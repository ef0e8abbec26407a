import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FaultBench } from '../../support/build-fault/fault-bench.ts'

/** Appends to a file of `folder` and replaces another, again and again, until it is disposed of. */
function writeAlways(folder: string): AsyncDisposable {
  const script =
    'i=0; while :; do i=$((i + 1)); echo "$i" >> "$1/log"; echo "$i" > "$1/new" && mv "$1/new" "$1/7"; done'
  const writer = spawn('sh', ['-c', script, 'sh', folder], { stdio: 'ignore' })
  return {
    [Symbol.asyncDispose]: async () => {
      const exit = once(writer, 'exit')
      writer.kill('SIGKILL')
      await exit
    },
  }
}

test('a context that changes while it is read is built anew the next time', async () => {
  const dockerfile = 'FROM base:1\nCOPY src /src\nRUN sha256sum < /src/log > /sum\n'
  await using bench = await FaultBench.open({ files: { 'ctx/Dockerfile': dockerfile, 'ctx/src/log': '' } })
  const folder = join(bench.project.folder, 'ctx/src')
  for (let number = 0; number < 40; number += 1) writeFileSync(join(folder, `${number}`), 'x'.repeat(10_000))
  {
    await using _writer = writeAlways(folder)
    for (let count = 0; count < 3; count += 1) {
      const { exitCode, stderr } = await bench.build()
      if (exitCode !== 0) expect(stderr).toMatch(/^error\[TC8002\].*hint: Build again: /ms)
    }
  }
  rmSync(join(folder, 'new'), { force: true })
  for (const content of [undefined, 'short\n', 'other\n']) {
    if (content !== undefined) writeFileSync(join(folder, 'log'), content)
    await bench.mustBuild()
    const { tree } = await bench.describe()
    const sum = sha256(readFileSync(join(folder, 'log')))
    expect(tree['/src/log']).toContain(sum.slice(0, 10))
    expect(tree['/sum']).toContain(sha256(`${sum}  -\n`).slice(0, 10))
    expect(tree['/src/7']).toContain(sha256(readFileSync(join(folder, '7'))).slice(0, 10))
  }
  bench.expectNothingLeft()
})

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
