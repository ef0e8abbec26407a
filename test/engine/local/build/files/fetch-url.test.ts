import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fetchUrl, type UrlRequest } from '../../../../../src/engine/local/build/files/fetch-url.ts'
import { FetchedFiles } from '../../../../../src/engine/local/build/files/fetched-files.ts'
import { SPAN } from '../../../../support/copy-scene.ts'
import { serveFiles } from '../../../../support/file-server.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const MODIFIED = 'Tue, 05 Feb 2019 10:00:00 GMT'

function requestOf(folder: string, url: string, more: Partial<UrlRequest> = {}): UrlRequest {
  return {
    url,
    code: 'build-source',
    span: SPAN,
    files: new FetchedFiles(folder),
    environment: {},
    signal: new AbortController().signal,
    ...more,
  }
}

describe('fetchUrl()', () => {
  test('keeps the content with its time, and hears how far it is', async () => {
    using folder = temporaryFolder()
    await using server = await serveFiles({
      '/f': (_request, response) => response.setHeader('last-modified', MODIFIED).end('content'),
      '/g': 'other',
    })
    const progress: unknown[] = []
    const onProgress = (at: unknown) => progress.push(at)
    const file = await fetchUrl(requestOf(folder.path, `${server.url}/f`, { onProgress }))
    expect(readFileSync(file.path, 'utf8')).toBe('content')
    expect(file).toMatchObject({ size: 7, lastModified: MODIFIED })
    expect(lstatSync(file.path).mtime).toEqual(new Date(MODIFIED))
    expect(progress).toEqual([{ url: `${server.url}/f`, bytesDone: 7, bytesTotal: 7 }])
    const other = await fetchUrl(requestOf(folder.path, `${server.url}/g`))
    expect(lstatSync(other.path).mtimeMs).toBe(0)
  })

  test.each([
    { validator: 'etag', value: '"one"', condition: 'if-none-match' },
    { validator: 'last-modified', value: MODIFIED, condition: 'if-modified-since' },
  ])('asks by $validator whether it changed', async ({ validator, value, condition }) => {
    using folder = temporaryFolder()
    await using server = await serveFiles({
      '/f': (request, response) => {
        if (request.headers[condition] === value) response.writeHead(304).end()
        else response.setHeader(validator, value).end('content')
      },
    })
    const first = await fetchUrl(requestOf(folder.path, `${server.url}/f`))
    const second = await fetchUrl(requestOf(folder.path, `${server.url}/f`))
    expect(second).toEqual(first)
    expect(server.requests).toHaveLength(2)
  })

  test('takes other content in place of what it had', async () => {
    using folder = temporaryFolder()
    let content = 'first'
    await using server = await serveFiles({ '/f': (_request, response) => response.end(content) })
    const first = await fetchUrl(requestOf(folder.path, `${server.url}/f`))
    content = 'second'
    const second = await fetchUrl(requestOf(folder.path, `${server.url}/f`))
    expect(readFileSync(second.path, 'utf8')).toBe('second')
    // A build that began earlier may still read it.
    expect(readFileSync(first.path, 'utf8')).toBe('first')
    expect(readdirSync(folder.path).filter(name => name.endsWith('.json'))).toHaveLength(1)
  })

  test('asks nobody for what a digest says is there', async () => {
    using folder = temporaryFolder()
    await using server = await serveFiles({ '/f': 'content' })
    const sha256 = createHash('sha256').update('content').digest('hex')
    await fetchUrl(requestOf(folder.path, `${server.url}/f`, { sha256 }))
    await fetchUrl(requestOf(folder.path, `${server.url}/f`, { sha256 }))
    expect(server.requests).toEqual(['GET /f'])
  })

  test('follows redirects, and gives a password to its own server only', async () => {
    using folder = temporaryFolder()
    const seen: unknown[] = []
    await using other = await serveFiles({
      '/g': (request, response) => {
        seen.push(request.headers.authorization)
        response.end('moved')
      },
    })
    await using server = await serveFiles({
      '/f': (request, response) => {
        seen.push(request.headers.authorization)
        response.writeHead(302, { location: '/here' }).end()
      },
      '/here': (request, response) => {
        seen.push(request.headers.authorization)
        response.writeHead(302, { location: `${other.url}/g` }).end()
      },
    })
    const url = `${server.url.replace('//', '//me:secret@')}/f`
    const file = await fetchUrl(requestOf(folder.path, url))
    expect(readFileSync(file.path, 'utf8')).toBe('moved')
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`
    expect(seen).toEqual([basic, basic, undefined])
    const record = readdirSync(folder.path).find(name => name.endsWith('.json'))
    expect(readFileSync(`${folder.path}/${record}`, 'utf8')).not.toContain('secret')
  })

  test('tries again where the connection breaks', async () => {
    using folder = temporaryFolder()
    let count = 0
    await using server = await serveFiles({
      '/f': (request, response) => {
        count += 1
        if (count === 1) request.socket.destroy()
        else response.end('content')
      },
    })
    await fetchUrl(requestOf(folder.path, `${server.url}/f`))
    expect(count).toBe(2)
  })

  test.each([
    { path: '/none', message: 'the server answers 404' },
    { path: '/loop', message: 'it leads through more than 10 redirects' },
    { path: '/ftp', message: 'redirects to "ftp://x", expected an address' },
    { path: '/f', sha256: '0'.repeat(64), message: `expected sha256:${'0'.repeat(64)}` },
  ])('refuses $path without its user and password in the message', async ({ path, message, sha256 }) => {
    using folder = temporaryFolder()
    await using server = await serveFiles({
      '/f': 'content',
      '/loop': (_request, response) => response.writeHead(301, { location: '/loop' }).end(),
      '/ftp': (_request, response) => response.writeHead(301, { location: 'ftp://x' }).end(),
    })
    const url = server.url.replace('//', '//me:secret@') + path
    const failure = fetchUrl(requestOf(folder.path, url, sha256 === undefined ? {} : { sha256 }))
    await expect(failure).rejects.toThrow(`Cannot fetch "${server.url}${path}": `)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toMatchObject({ code: 'build-source', span: SPAN })
  })

  test('says why there is no answer', async () => {
    using folder = temporaryFolder()
    const server = await serveFiles({})
    await server[Symbol.asyncDispose]()
    await expect(fetchUrl(requestOf(folder.path, `${server.url}/f`))).rejects.toThrow('nothing listens there')
    await expect(fetchUrl(requestOf(folder.path, 'http://'))).rejects.toThrow('it is no URL')
  })

  test('ends with its signal, and leaves nothing', async () => {
    using folder = temporaryFolder()
    const controller = new AbortController()
    await using server = await serveFiles({
      '/f': (_request, response) => {
        response.write('part')
        controller.abort(new Error('stopped'))
      },
    })
    const failure = fetchUrl(requestOf(folder.path, `${server.url}/f`, { signal: controller.signal }))
    await expect(failure).rejects.toThrow()
    expect(readdirSync(folder.path)).toEqual([])
  })
})
