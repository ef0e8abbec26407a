import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toHtml } from './markdown.mjs'

test('toHtml() makes headings, lists and paragraphs', () => {
  assert.equal(toHtml('# A\n\n- b\n- c\n\nd'), '<h1>A</h1>\n<ul><li>b</li><li>c</li></ul>\n<p>d</p>')
})

test('toHtml() makes links and code, and no tags of what it is given', () => {
  assert.equal(toHtml('[a](b.html) `c` <d>'), '<p><a href="b.html">a</a> <code>c</code> &lt;d&gt;</p>')
})
