// The library from Node by koffi: 10,000 rounds, on the main thread and in workers, bad input, and child processes.
// usage: node guest.js LIBRARY
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { execFileSync } = require('node:child_process');
const koffi = require('koffi');

const path = isMainThread ? process.argv[2] : workerData.path;
const lib = koffi.load(path);
const call = (name, result, ...args) => lib.func(name, result, args);
const named = call('tempfile_named_temporary_file', 'int', 'void *', koffi.out(koffi.pointer('void *')));
const spooled = call('tempfile_spooled_temporary_file', 'int', 'void *', koffi.out(koffi.pointer('void *')));
const directory = call('tempfile_temporary_directory', 'int', 'void *', koffi.out(koffi.pointer('void *')));
const fileName = call('tempfile_file_name', 'str', 'void *');
const directoryName = call('tempfile_directory_name', 'str', 'void *');
const write = call('tempfile_file_write', 'int64_t', 'void *', 'void *', 'size_t');
const read = call('tempfile_file_read', 'int64_t', 'void *', 'void *', 'size_t');
const seek = call('tempfile_file_seek', 'int64_t', 'void *', 'int64_t', 'int');
const rollover = call('tempfile_file_rollover', 'int', 'void *');
const freeFile = call('tempfile_file_free', 'void', 'void *');
const freeDirectory = call('tempfile_directory_free', 'void', 'void *');
const rmtree = call('tempfile_rmtree', 'int', 'str', 'uint32_t');
const mkdtemp = call('tempfile_mkdtemp', 'int', 'void *', 'void *', 'size_t');

function make(constructor) {
  const out = [null];
  assert.equal(constructor(null, out), 0);
  return out[0];
}

function round(i) {
  const text = Buffer.from('round ' + i), buffer = Buffer.alloc(64);
  const file = make(spooled);
  assert.equal(write(file, text, text.length), text.length);
  if (i % 2 === 0) assert.equal(rollover(file), 0);
  assert.equal(seek(file, 0, 0), 0);
  assert.equal(read(file, buffer, buffer.length), text.length);
  assert.equal(buffer.toString('utf8', 0, text.length), text.toString());
  freeFile(file);
  assert.equal(write(file, text, text.length), -9);
  const other = make(named), name = fileName(other);
  assert(fs.existsSync(name));
  freeFile(other);
  assert(!fs.existsSync(name));
  const tree = make(directory), root = directoryName(tree);
  fs.mkdirSync(root + '/inner');
  freeDirectory(tree);
  assert(!fs.existsSync(root));
}

if (!isMainThread) {
  for (let i = 0; i < 500; i++) round(i);
} else {
  for (let i = 0; i < 10000; i++) round(i);
  assert.equal(mkdtemp(null, null, 0), -34);
  assert.equal(write(null, Buffer.from('x'), 1), -9);
  assert.equal(rmtree(null, 0), -22);
  assert.equal(execFileSync('true').length, 0);
  let running = 4;
  for (let i = 0; i < 4; i++)
    new Worker(__filename, { workerData: { path } }).on('error', (e) => { throw e; }).on('exit', (code) => {
      assert.equal(code, 0);
      if (--running === 0) process.stdout.write('10000 rounds, bad input, 4 workers with 500 rounds, a child process');
    });
}
