// usage: train.cjs CACHE LAUNCHER [ARG...]: runs LAUNCHER and writes the code cache of its script at the end.
const { renameSync, writeFileSync } = require('node:fs')
const [cache, launcher, ...args] = process.argv.slice(2)
process.argv = [process.argv[0], launcher, ...args]
globalThis[Symbol.for('tcompose.onCompiled')] = script => {
  process.on('exit', () => {
    writeFileSync(`${cache}.new`, script.createCachedData())
    renameSync(`${cache}.new`, cache)
  })
}
require(launcher)
