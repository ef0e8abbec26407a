// usage: train.cjs PACK LAUNCHER [ARG...]: runs LAUNCHER and writes the code caches of the scripts that it loads, where
// it looks for them. With a name for PACK it also writes that file: one script with all of these, if they are several.
const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const { basename } = require('node:path')
const { setFlagsFromString } = require('node:v8')
const [pack, launcher, ...args] = process.argv.slice(2)
process.argv = [process.argv[0], launcher, ...args]
const trained = []
globalThis[Symbol.for('tcompose.onCompiled')] = (script, { filename, cache }) => {
  // V8 drops the code of functions that have not run for some collections, such as the one that is the whole script.
  setFlagsFromString('--no-flush-bytecode')
  trained.push({ script, filename, cache })
}
process.on('exit', () => {
  // A cache is refused unless it was made under the flags that it is used under.
  setFlagsFromString('--flush-bytecode')
  for (const { script, cache } of trained) writeWhole(cache, script.createCachedData())
  if (pack !== '' && trained.length > 1) writeWhole(pack, `({${trained.map(entryOf).join(',\n')}})`)
})

function entryOf({ filename }) {
  return `"${basename(filename, '.js')}":${readFileSync(filename, 'latin1')}`
}

function writeWhole(path, content) {
  writeFileSync(`${path}.new`, content, 'latin1')
  renameSync(`${path}.new`, path)
}

require(launcher)
