import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const PROGRAM = resolve(import.meta.dirname, '../../support/limited-watch.ts')

test.for([
  ['max_inotify_watches', 'max_user_watches'],
  ['max_inotify_instances', 'max_user_instances'],
] as const)(
  'watch() with no %s left names the limit, and finds changes all the same',
  ([limit, name], { skip }) => {
    using folder = temporaryFolder()
    for (let index = 0; index < 10; index += 1) {
      mkdirSync(join(folder.path, `d${index}`))
      writeFileSync(join(folder.path, `d${index}/file`), '')
    }
    // A user namespace has limits of its own: those of the machine stay as they are.
    const script = 'echo "$3" > /proc/sys/user/$1 && exec "$0" "$2" "$4"'
    const most = limit === 'max_inotify_watches' ? '3' : '0'
    const result = spawnSync(
      'unshare',
      ['-Ur', 'sh', '-c', script, process.execPath, limit, PROGRAM, most, folder.path],
      { encoding: 'utf8' },
    )
    if (/unshare failed|Permission denied|No such file/.test(result.stderr)) return skip(result.stderr.trim())
    const value = Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'))
    expect(JSON.parse(result.stdout)).toEqual({
      limits: [{ sysctl: `fs.inotify.${name}`, value }],
      changed: [join(folder.path, 'd5/file')],
    })
  },
)
