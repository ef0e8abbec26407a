import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

test.skipIf(!existsSync('/dev/net/tun'))(
  'examples/devices gives each service its devices, and runs without a GPU (needs /dev/net/tun)',
  async () => {
    using none = temporaryFolder()
    await using project = new TestProject({
      folder: resolve(import.meta.dirname, '../../examples/devices'),
      env: { TCOMPOSE_CDI_DIRS: none.path, TCOMPOSE_GPU_ROOT: none.path },
    })
    const { exitCode, stdout, stderr } = await project.run(['up'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/lots-1 +\| +\d+/)
    expect(stdout).toContain('ready for tunnels')
    expect(stdout).toContain('no GPU here')
    expect(stderr).toContain('Service "model" runs without a device that it does not require')
  },
)
