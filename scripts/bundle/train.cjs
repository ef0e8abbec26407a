// usage: train.cjs MODE LAUNCHER [ARG...]: runs LAUNCHER and writes the code caches of the scripts that it loads, where
// it looks for them. MODE is `used`: the functions that run; `whole`: all functions, in the caches for any command, and
// the names of the scripts to descriptor 3; or the name of a file: as `used`, and several scripts are packed into one
// script in that file.
const { readdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs')
const { basename, dirname, join } = require('node:path')
const { setFlagsFromString } = require('node:v8')
const [mode, launcher, ...args] = process.argv.slice(2)
process.argv = [process.argv[0], launcher, ...args]
const trained = []
const SMALL_BYTES = 4096
globalThis[Symbol.for('tcompose.onCompiled')] = (script, { filename, cache }) => {
  // V8 drops the code of functions that have not run for some garbage collections, such as the script's own function.
  setFlagsFromString('--no-flush-bytecode')
  trained.push({ script, filename, cache })
}
process.on('exit', () => {
  // V8 rejects a cache that was created under other flags than it is used under.
  setFlagsFromString('--flush-bytecode')
  setFlagsFromString('--lazy')
  for (const { script, cache, filename } of trained) {
    writeWhole(mode === 'whole' ? filename.replace(/js$/, 'cache') : cache, script.createCachedData())
  }
  if (mode === 'whole') writeFileSync(3, trained.map(({ filename }) => basename(filename, '.js')).join(' '))
  const isPack = !['whole', 'used'].includes(mode)
  if (isPack && trained.length > 1) {
    const loaded = trained.map(({ filename }) => filename)
    writeWhole(mode, `({${[...loaded, ...smallOthers(mode, loaded)].map(entryOf).join(',\n')}})`)
  }
})

// The pack without a command in its name serves all that have none of their own. These load few scripts of many, most of
// them small, and to open one takes longer than to read it along.
function smallOthers(pack, loaded) {
  const [, program] = /^(.+)-[0-9A-Z]{8}\.pack$/.exec(basename(pack)) || []
  if (!program) return []
  return readdirSync(dirname(pack))
    .filter(name => name.startsWith(`${program}-`) && name.endsWith('.js'))
    .map(name => join(dirname(pack), name))
    .filter(path => !loaded.includes(path) && statSync(path).size < SMALL_BYTES)
}

function entryOf(filename) {
  return `"${basename(filename, '.js')}":${readFileSync(filename, 'latin1')}`
}

function writeWhole(path, content) {
  writeFileSync(`${path}.new`, content, 'latin1')
  renameSync(`${path}.new`, path)
}

if (mode === 'whole') setFlagsFromString('--no-lazy')
require(launcher)
