import { closeSync, openSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SystemCallError } from '../../src/linux/libc.ts'
import { openPipe } from '../../src/linux/pipe.ts'
import { spawnProcess } from '../../src/linux/spawn-process.ts'

test('a process has its arguments, its streams and no environment', async () => {
  const { output, status } = await run('/bin/sh', ['-c', 'echo "$0 $1"; env; exit 7', 'first', 'second'])
  expect(output.split('\n').filter(line => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual([
    'first second',
    '',
  ])
  expect(status).toBe(7 << 8)
})

test('a process ignores and blocks no signal, although Node ignores SIGPIPE', async () => {
  const { output } = await run('/bin/sh', ['-c', 'grep -E "^Sig(Blk|Ign):" /proc/self/status'])
  expect(output.match(/\t0+$/gm)).toHaveLength(2)
})

test('a process has nothing open that Node has opened', async () => {
  const opened = openSync('/dev/null', 'r')
  try {
    const { output } = await run('/bin/sh', ['-c', `ls /proc/$$/fd/${opened} 2>/dev/null || echo none`])
    expect(output).toBe('none\n')
  } finally {
    closeSync(opened)
  }
})

test('the end of a killed process is its signal', async () => {
  const { status } = await run('/bin/sh', ['-c', 'kill -9 $$'])
  expect(status).toBe(9)
})

test('a program that is not there is said by its errno', () => {
  const spawn = () => spawnProcess({ program: '/nowhere/program', args: [], streams: [0, 1, 2] })
  expect(spawn).toThrow(SystemCallError)
  expect(spawn).toThrow('posix_spawn /nowhere/program: ENOENT')
})

async function run(program: string, args: readonly string[]) {
  const { readFd, writeFd } = openPipe()
  const input = openSync('/dev/null', 'r')
  const child = spawnProcess({ program, args, streams: [input, writeFd, writeFd] })
  closeSync(input)
  closeSync(writeFd)
  const output = readFileSync(readFd, 'utf8')
  closeSync(readFd)
  return { output, status: await child.wait() }
}
