import type { Plugin } from 'esbuild'

/** Leaves out undici's HTTP/2, which the registry client does not use and which takes 9 ms to load. */
export const withoutHttp2: Plugin = {
  name: 'without-http2',
  setup: build => {
    build.onLoad({ filter: /undici\/lib\/dispatcher\/client-h2\.js$/ }, () => ({
      contents: `module.exports = () => { throw new Error('HTTP/2 is not part of this program') }`,
    }))
  },
}
