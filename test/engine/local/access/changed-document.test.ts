import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/base/json-reader.ts'
import { changedDocument } from '../../../../src/engine/local/access/changed-document.ts'
import { dockerfileReader } from '../../../../src/local/dockerfile-reader.ts'

const IMAGE: JsonObject = {
  architecture: 'amd64',
  os: 'linux',
  config: { Env: ['PATH=/bin', 'A=1'], Cmd: ['old'], Labels: { kept: '1' }, OnBuild: ['RUN make'] },
  rootfs: { type: 'layers', diff_ids: [] },
}

async function changed(...changes: readonly string[]): Promise<JsonObject> {
  return changedDocument(IMAGE, changes, await dockerfileReader.load())
}

test('changedDocument() changes what is named, sees the variables of the image, and keeps the rest', async () => {
  expect(await changed('env B=${A}2', 'CMD ["new", "command"]', 'LABEL l=2')).toMatchObject({
    architecture: 'amd64',
    config: {
      Env: ['PATH=/bin', 'A=1', 'B=12'],
      Cmd: ['new', 'command'],
      Labels: { kept: '1', l: '2' },
      OnBuild: ['RUN make'],
    },
  })
})

test('changedDocument() adds triggers and carries out none', async () => {
  expect(await changed('ONBUILD COPY . /')).toMatchObject({
    config: { Cmd: ['old'], OnBuild: ['RUN make', 'COPY . /'] },
  })
})

for (const change of ['RUN true', 'COPY a b', 'FROM other', '', 'CMD a\nRUN b', 'CMD a\\\nb']) {
  test(`changedDocument() refuses ${JSON.stringify(change)}`, async () => {
    await expect(changed(change)).rejects.toMatchObject({ code: 'bad-value' })
  })
}

test('changedDocument() says what is wrong with an instruction', async () => {
  await expect(changed('LABEL a=1', 'EXPOSE many')).rejects.toMatchObject({
    code: 'dockerfile',
    message: expect.stringContaining('many'),
  })
})
