import { cpSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'
import { WatchRun } from '../support/watch-run.ts'

test('examples/watch brings changes of its files into programs that run', async () => {
  await using project = new TestProject({})
  cpSync(resolve(import.meta.dirname, '../../examples/watch'), project.folder, { recursive: true })
  await using watch = await WatchRun.start(project, ['up', '--watch'])
  await watch.says('the page says: Hello.')
  await watch.says('worker-1    | working')
  project.write('site/page.txt', 'Changed.\n')
  project.write('worker/main.sh', 'echo working otherwise; sleep 1000\n')
  project.write('greeting', 'salut\n')
  await watch.says('the page says: Changed.')
  await watch.says('worker-1    | working otherwise')
  await watch.says('reloader-1  | greeting is salut')
  expect((await watch.end()).exitCode).toBe(130)
})
