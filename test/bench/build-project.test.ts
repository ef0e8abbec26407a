import { expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  type BuildProject,
  COPIED_FILES,
  composeTextOf,
  copyProject,
  nodeProject,
  RUN_STEPS,
  runProject,
} from '../../bench/build/build-project.ts'

const PROJECTS: readonly BuildProject[] = [nodeProject(), runProject(), copyProject()]

test.each(PROJECTS)(
  'an edit of the project $name changes one file that it has, each time to another text',
  ({ files, edit }) => {
    const [one, two] = [edit('one'), edit('two')]
    expect(files.has(one.path)).toBe(true)
    expect(two.path).toBe(one.path)
    expect(new Set([files.get(one.path), one.text, two.text]).size).toBe(3)
  },
)

test('composeTextOf() names an image that is built from the folder of the file', () => {
  const { services } = parse(composeTextOf(runProject()))
  expect(services).toEqual({ app: { image: 'tcbench-run:1', build: '.' } })
})

test('runProject() and copyProject() are of the size that their rows name', () => {
  expect(
    runProject()
      .files.get('Dockerfile')
      ?.match(/^RUN true$/gm),
  ).toHaveLength(RUN_STEPS)
  expect(copyProject().files.size).toBe(COPIED_FILES + 1)
})
