import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import { launchError } from '../../../src/runtime/launch/launch-error.ts'
import type { LaunchOp } from '../../../src/runtime/launch/launch-op.ts'
import { step } from '../../../src/runtime/launch/launch-steps.ts'

const openVolume: LaunchOp = {
  op: 'open-tree',
  slot: 0,
  source: '/data/v',
  recursive: true,
  attributes: 0,
  propagation: 0,
}
const exec = (program: string): LaunchOp => ({
  op: 'exec',
  candidates: program.includes('/') ? [program] : [`/bin/${program}`, `/usr/bin/${program}`],
  argv: [program],
  environment: [],
})
const clone = { slot: 0, recursive: false, attributes: 0, propagation: 0 }
const ENOENT = { index: 0, errno: 2, errnoName: 'ENOENT', what: 'open_tree /data/v' }
const EACCES = { index: 0, errno: 13, errnoName: 'EACCES', what: 'execve' }
const ENOEXEC = { index: 0, errno: 8, errnoName: 'ENOEXEC', what: 'execve' }
const EPERM = { index: 0, errno: 1, errnoName: 'EPERM', what: 'setrlimit' }

const ENODEV = { index: 0, errno: 19, errnoName: 'ENODEV', what: 'reopen /dev/null' }

const cases = [
  {
    step: step({ op: 'set-uid', uid: 70_000 }, { purpose: 'change to user 70000' }),
    code: 'container-launch',
    failure: { index: 0, errno: 22, errnoName: 'EINVAL', what: 'setuid' },
    message: 'Cannot change to user 70000 of service "db": its user namespace has no such id',
    hint: 'Give it more ids: "userns_mode: auto" has 65536',
    origin: 'services.db',
  },
  {
    step: step(
      { op: 'map-tree-by', slot: 0, recursive: false, namespace: 1 },
      { purpose: 'mount image "x"', origin: servicePath('db', 'image') },
    ),
    code: 'container-launch',
    failure: { index: 0, errno: 22, errnoName: 'EINVAL', what: 'mount_setattr idmap' },
    message:
      'Cannot mount image "x" of service "db": its file system cannot show the users of a user namespace as owners',
    hint: 'Use Linux 5.19 or later and a data folder on ext4, xfs, btrfs or f2fs, or remove "userns_mode"',
    origin: 'services.db.image',
  },
  {
    step: step(exec('serve'), { purpose: 'run "serve"' }),
    code: 'container-launch',
    failure: ENODEV,
    message:
      'Cannot run "serve" in service "db": what is at /dev/null in the container is not the null device',
    hint: 'Remove the mount at /dev, or restore the device with "tcompose restart"',
    origin: 'services.db',
  },
  {
    step: step({ op: 'no-new-privileges' }, { purpose: 'forbid new privileges' }),
    code: 'container-launch',
    failure: ENODEV,
    message:
      'Cannot open /dev/null of service "db": what is at /dev/null in the container is not the null device',
    hint: 'Remove the mount at /dev, or restore the device with "tcompose restart"',
    origin: 'services.db',
  },
  {
    step: step(openVolume, {
      purpose: 'mount volume "data" at /var/lib/x',
      origin: servicePath('db', 'volumes', 0),
    }),
    code: 'container-launch',
    failure: ENOENT,
    message: 'Cannot mount volume "data" at /var/lib/x of service "db": no such file or directory (ENOENT)',
    hint: 'Create /data/v on the host',
    origin: 'services.db.volumes.0',
  },
  {
    step: step(
      { op: 'place-tree', slot: 0, target: '/v/link' },
      { purpose: 'mount tmpfs at /v/link', origin: servicePath('db', 'tmpfs', 0) },
    ),
    code: 'container-launch',
    failure: { ...EPERM, what: 'place tree /v/link' },
    message:
      'Cannot mount tmpfs at /v/link of service "db": a link leads the target into /proc or to the root',
    hint: 'Choose another target, or remove the link from the image or the volume',
    origin: 'services.db.tmpfs.0',
  },
  {
    step: step(
      { op: 'open-tree-beneath', root: '/', path: 'proc', ...clone },
      { purpose: 'mount proc at /proc' },
    ),
    code: 'container-launch',
    failure: { index: 0, errno: 40, errnoName: 'ELOOP', what: 'openat2 proc' },
    message: 'Cannot mount proc at /proc of service "db": there is a link on the path, expected folders only',
    hint: 'Remove the link from the image or the volume',
    origin: 'services.db',
  },
  {
    step: step({ op: 'place-tree', slot: 0, target: '/v' }, { purpose: 'mount ./v at /v' }),
    code: 'container-launch',
    failure: { index: 0, errno: 38, errnoName: 'ENOSYS', what: 'read operation unknown code' },
    message:
      'Cannot mount ./v at /v of service "db": the keeper of the project is of an earlier version of tcompose',
    hint: 'Run "tcompose down" and "tcompose up" to start a new one',
    origin: 'services.db',
  },
  {
    step: step(exec('serve'), { purpose: 'run "serve"' }),
    code: 'program-not-found',
    failure: ENOENT,
    message: 'Cannot run "serve" in service "db": it is not in /bin, /usr/bin',
    hint: 'Give the full path, or set PATH in environment',
    origin: 'services.db',
  },
  {
    step: step(exec('/app'), { purpose: 'run "/app"' }),
    code: 'program-not-found',
    failure: ENOENT,
    message:
      'Cannot run "/app" in service "db": there is no such file, or the interpreter or loader that it names is missing',
    hint: 'Check that the image holds /app',
    origin: 'services.db',
  },
  {
    step: step(exec('/app'), { purpose: 'run "/app"' }),
    code: 'program-not-executable',
    failure: EACCES,
    message: 'Cannot run "/app" in service "db": it is not executable',
    hint: 'Make it executable: chmod +x /app',
    origin: 'services.db',
  },
  {
    step: step(exec('/app'), { purpose: 'run "/app"' }),
    code: 'program-not-executable',
    failure: ENOEXEC,
    message: 'Cannot run "/app" in service "db": it is not a program that this machine can run',
    hint: 'Use an image for this architecture; a script begins with a line such as #!/bin/sh',
    origin: 'services.db',
  },
  {
    step: step(
      { op: 'set-rlimit', resource: 7, soft: 1n, hard: 2n },
      { purpose: 'set ulimit "nofile" to 1:2', origin: servicePath('db', 'ulimits', 'nofile') },
    ),
    code: 'container-launch',
    failure: EPERM,
    message: 'Cannot set ulimit "nofile" to 1:2 of service "db": operation not permitted (EPERM)',
    hint: 'The hard limit of this machine is lower, and raising it needs CAP_SYS_RESOURCE',
    origin: 'services.db.ulimits.nofile',
  },
  {
    step: step(
      { op: 'mount-overlay', target: '/r', layers: ['/l'], names: [], values: [] },
      { purpose: 'mount image "many"' },
    ),
    code: 'container-launch',
    failure: { index: 0, errno: 22, errnoName: 'EINVAL', what: 'fsconfig lowerdir+ /l' },
    message:
      'Cannot mount image "many" of service "db": its layers are too many for one mount of this kernel',
    hint: 'Use Linux 6.5 or later, or an image with fewer layers',
    origin: 'services.db',
  },
]
for (const { step, code, failure, message, hint, origin } of cases) {
  test(`launchError() says: ${message}`, () => {
    const error = launchError(failure, [step], 'db')
    expect(error).toMatchObject({ code, message, hint, origin })
    expect(error.notes).toEqual([`System call: ${failure.what} (${failure.errnoName})`])
  })
}

test('launchError() explains a failure before the first step', () => {
  const failure = { index: -1, errno: 12, errnoName: 'ENOMEM', what: 'clone3' }
  expect(launchError(failure, [], 'db').message).toBe(
    'Cannot start service "db": clone3: not enough memory (ENOMEM)',
  )
})
