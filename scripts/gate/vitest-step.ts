import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import type { Step, TestCount } from './step.ts'
import { toolEnvironment } from './tool-environment.ts'

/** A project of vitest.config.ts, and what it needs of the machine. */
export interface VitestProject {
  readonly name: 'unit' | 'native' | 'e2e'
  /** Where its tests are, to distinguish "none" from "none found". */
  readonly files: string
  /** Returns why the machine cannot run it; undefined if it can. */
  readonly obstacle?: () => string | undefined
}

/** A step with the tests of a vitest project. Their output is passed through. */
export function vitestStep({ name, files, obstacle }: VitestProject): Step {
  return {
    name: `${name} tests`,
    run: async () => {
      const reason =
        obstacle?.() ?? (globSync(files, { cwd: projectRoot }).length === 0 ? 'there are none' : undefined)
      if (reason !== undefined)
        return { passed: 0, failures: [], skipped: [{ title: `${name} tests`, reason }] }
      return runProject(name)
    },
  }
}

async function runProject(name: string): Promise<TestCount> {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-gate-'))
  const countFile = join(scratch, 'count.json')
  try {
    const reporters = ['--reporter=dot', '--reporter=./scripts/gate/count-reporter.ts']
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', name, ...reporters]
    const child = spawn(process.execPath, args, {
      cwd: projectRoot,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...toolEnvironment(),
        TCOMPOSE_TEST_COUNT: countFile,
        ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
      },
    })
    const [code, signal] = await once(child, 'close')
    const count = existsSync(countFile) ? parseCount(readFileSync(countFile, 'utf8')) : NO_COUNT
    if (code === 0 || count.failures.length > 0) return count
    return { ...count, failures: [`${name} tests: vitest ended with ${code ?? signal}`] }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const NO_COUNT: TestCount = { passed: 0, failures: [], skipped: [] }

function parseCount(text: string): TestCount {
  return JSON.parse(text)
}
